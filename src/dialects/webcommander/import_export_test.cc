// Import and export: files of tables, hostile ones too.

#include <zip.h>

#include <string>
#include <utility>
#include <vector>

#include "dialects/webcommander/table_file.h"
#include "dialects/webcommander/webcommander_fixture.h"
#include "dialects/webcommander/xlsx.h"
#include "dialects/webcommander/xlsx_parts.h"

namespace oubli::dialects::webcommander {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::HeaderOf;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::string_view kXlsxType =
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

// A zip file of these parts.
std::string Zip(const std::vector<std::pair<std::string, std::string>>& parts) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(target);
  zip_t* archive = zip_open_from_source(target, ZIP_TRUNCATE, &error);
  for (const auto& [name, text] : parts) {
    zip_file_add(archive, name.c_str(), zip_source_buffer(archive, text.data(), text.size(), 0), 0);
  }
  EXPECT_EQ(zip_close(archive), 0);
  zip_stat_t stat;
  zip_stat_init(&stat);
  zip_source_open(target);
  zip_source_stat(target, &stat);
  std::string bytes(stat.size, '\0');
  EXPECT_EQ(zip_source_read(target, bytes.data(), bytes.size()), int64_t(bytes.size()));
  zip_source_close(target);
  zip_source_free(target);
  return bytes;
}

// An XLSX file around the text of one sheet.
std::string Workbook(const std::string& sheet, const std::string& strings = {}) {
  std::vector<std::pair<std::string, std::string>> parts;
  for (const Part& part : FirstParts()) parts.emplace_back(part.name, part.text);
  for (const Part& part : LastParts(1)) parts.emplace_back(part.name, part.text);
  parts.emplace_back("xl/worksheets/sheet1.xml", sheet);
  if (!strings.empty()) parts.emplace_back("xl/sharedStrings.xml", strings);
  return Zip(parts);
}

std::string SheetOf(const std::string& rows) {
  return std::string(kSheetStart) + rows + std::string(kSheetEnd);
}

class ImportExportTest : public WebCommanderTest {
 protected:
  http::Response Import(const std::string& file, const std::string& name = "file") {
    if (token_.empty()) token_ = NewToken();
    return world_.Send("POST", "/api/v4/admin/customers/import",
                       {{"Host", "shop.example"},
                        {"Authorization", "Bearer " + token_},
                        {"Content-Type", "multipart/form-data; boundary=XX"}},
                       "--XX\r\nContent-Disposition: form-data; name=\"" + name +
                           "\"; filename=\"customers.csv\"\r\n\r\n" + file + "\r\n--XX--\r\n");
  }
  http::Response Export(const std::string& query = {}) {
    return Call("GET", "/api/v4/admin/customers/export" + query);
  }
  std::vector<Row> Exported(const std::string& query = {}) {
    const auto response = Export(query);
    EXPECT_EQ(response.status, 200) << response.body;
    const auto rows = ReadTable(response.body);
    EXPECT_TRUE(rows) << rows.error().text;
    return rows ? *rows : std::vector<Row>();
  }

 private:
  std::string token_;
};

// ---- import ----

TEST_F(ImportExportTest, RowsCreateAndUpdate) {
  const int64_t id = CreateCustomer("Jane", "jane@example.com");
  ASSERT_EQ(id, 1);
  const auto response = Import(
      "customer_id,First Name,Last Name,EMAIL,address_line_1,Country,Status,Store Credit\r\n"
      "1,,Smith,,,,active,\r\n");
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, R"({"total":1,"created":0,"updated":1,"failed":0,"errors":[]})");
  EXPECT_THAT(Call("GET", PathOf(1)).body,
              HasSubstr(R"("first_name":"Jane","last_name":"Smith","name":"Jane Smith",)"
                        R"("email":"jane@example.com","status":"active")"));
  EXPECT_EQ(Import("first_name;email;address_line_1;country;store_credit\n"
                   "\"O\"\"Neil; \nJohn\";john@example.com;1 Street;Australia;12.50\n\n")
                .body,
            R"({"total":1,"created":0,"updated":0,"failed":1,"errors":[{"row":2,)"
            R"("email":"john@example.com","message":"invalid firstname: must not hold control )"
            R"(characters"}]})");
  EXPECT_EQ(Import("first_name;email;address_line_1;country;store_credit;groups\n"
                   "\"O\"\"Neil; John\";john@example.com;1 Street;Australia;12.50;Wholesale\n\n")
                .body,
            R"({"total":1,"created":1,"updated":0,"failed":0,"errors":[]})");
  const auto john = Call("GET", std::string(kCustomers) + "/2").body;
  EXPECT_THAT(john, HasSubstr(R"("first_name":"O\"Neil; John")"));
  EXPECT_THAT(john,
              HasSubstr(R"("store_credit":12.5,"customer_groups":[{"id":1,"name":"Wholesale")"));
  EXPECT_THAT(john, HasSubstr(R"("type":"primary")"));
  EXPECT_THAT(john, HasSubstr(R"("status":"awaiting_verification")"));
}

TEST_F(ImportExportTest, EachRowIsItsOwn) {
  CreateCustomer("Jane", "jane@example.com");
  const auto response = Import(
      "customer_id,first_name,email,status\n"
      ",Ann,ann@example.com,\n"
      ",Bad,jane@example.com,\n"
      "99,Nobody,n@example.com,\n"
      ",,nameless@example.com,\n"
      ",Bad,bad@example.com,dead\n"
      "x,Bad,x@example.com,\n"
      ",Zoe,zoe@example.com,\n");
  EXPECT_EQ(response.status, 201);
  EXPECT_THAT(response.body,
              ::testing::StartsWith(R"({"total":7,"created":2,"updated":0,"failed":5,"errors":[)"
                                    R"({"row":3,"email":"jane@example.com","message":)"
                                    R"("Provided email already registered"},)"
                                    R"({"row":4,"email":"n@example.com","message":)"
                                    R"("Customer Not Found"},)"
                                    R"({"row":5,"email":"nameless@example.com","message":)"
                                    R"("Customer name is required"},)"));
  EXPECT_THAT(Call("GET", std::string(kCustomers) + "/count").body, R"({"total":3})");
}

TEST_F(ImportExportTest, FilesThatAreNoTablesAreRefused) {
  for (const std::string& bad : {std::string("\xd0\xcf\x11\xe0 old excel"), std::string("a\0b", 3),
                                 std::string("\xff\xfe,x"), std::string("PK\x03\x04 no zip"),
                                 Zip({{"word/document.xml", "<x/>"}})}) {
    const auto response = Import(bad);
    EXPECT_EQ(response.status, 400);
    EXPECT_THAT(response.body, HasSubstr(R"("error":"unsupported_file_type")"));
  }
  for (const char* bad : {"", "colour,size\nred,1\n", "email,E-Mail\na,b\n", "email\n\"open"}) {
    EXPECT_EQ(Import(bad).status, 400) << bad;
  }
  EXPECT_EQ(Import("email\n", "other").status, 400);
  EXPECT_EQ(Call("POST", "/api/v4/admin/customers/import", "{}").status, 400);
  EXPECT_EQ(Import("email\n").body,
            R"({"total":0,"created":0,"updated":0,"failed":0,"errors":[]})");
}

TEST_F(ImportExportTest, MultipartThatIsNoneIsRefused) {
  const std::string token = NewToken();
  const auto send = [&](const std::string& type, const std::string& body) {
    return world_
        .Send("POST", "/api/v4/admin/customers/import",
              {{"Authorization", "Bearer " + token}, {"Content-Type", type}}, body)
        .status;
  };
  const std::string part = "--X\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nemail\r\n";
  std::string many;
  for (int i = 0; i < 100; ++i) many += part;
  EXPECT_EQ(send("multipart/form-data; boundary=X", part + "--X--"), 201);
  EXPECT_EQ(send("multipart/form-data; boundary=X", part), 400);
  EXPECT_EQ(send("multipart/form-data", part + "--X--"), 400);
  EXPECT_EQ(send("multipart/form-data; boundary=X", part + part + "--X--"), 400);
  EXPECT_EQ(send("multipart/form-data; boundary=X", many + "--X--"), 400);
  EXPECT_EQ(send("text/csv", "email\n"), 400);
}

// ---- export ----

TEST_F(ImportExportTest, EveryLivingCustomerIsExported) {
  CreateCustomer("Jane", "jane@example.com");
  CreateCustomer("John", "john@example.com");
  Call("POST", PathOf(1) + "/addresses",
       R"({"customer":{"addresses":[{"type":"primary","city":"Sydney","country":"AU",)"
       R"("state":"NSW"}]}})");
  const auto response = Export();
  EXPECT_EQ(HeaderOf(response, "Content-Type"), kXlsxType);
  auto rows = Exported();
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_THAT(rows[0],
              ElementsAre("Customer Id", "First Name", "Last Name", "Gender", "Email",
                          "Customer Type", "Company Name", "ABN", "Address Line 1",
                          "Address Line 2", "City", "State", "Post Code", "Country", "Phone",
                          "Mobile", "Fax", "Status", "Store Credit", "Groups", "Parent Group"));
  EXPECT_EQ(rows[1][0], "1");
  EXPECT_EQ(rows[1][4], "jane@example.com");
  EXPECT_EQ(rows[1][10], "Sydney");
  EXPECT_EQ(rows[1][13], "Australia");
  rows = Exported(
      "?firstName=0&lastName=false&customerType=no&addressLine1=off&addressLine2=&"
      "city=0&country=0&state=0&postCode=0&phone=0&mobile=0&fax=0&status=YES&abn=0&"
      "storeCredit=1&groups=0&parentGroup=0&companyName=0&colour=blue");
  EXPECT_THAT(rows[0], ElementsAre("Customer Id", "Gender", "Email", "Status", "Store Credit"));
  EXPECT_EQ(Call("DELETE", PathOf(1)).status, 204);
  rows = Exported();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1][1], "John");
}

TEST_F(ImportExportTest, WhatIsExportedComesBackUnchanged) {
  const std::string name = "=HYPERLINK(1) <&> \"q\" _x0041_ \xc3\xa9";
  Write([&](customers::StoreTransaction& transaction) {
    customers::Customer customer;
    customer.profile.first_name = name;
    customer.profile.last_name = "bell\x07 and\ttab\nline";  // as another dialect may have it
    customer.profile.phone = "+61 2";
    return customers::CreateCustomer(transaction, customer);
  });
  const auto rows = Exported();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1][1], name);
  EXPECT_EQ(rows[1][2], "bell\x07 and\ttab\nline");
  EXPECT_EQ(rows[1][14], "+61 2");
  const auto before = Call("GET", PathOf(1)).body;
  EXPECT_EQ(Import(Export("?lastName=0").body).body,
            R"({"total":1,"created":0,"updated":1,"failed":0,"errors":[]})");
  EXPECT_EQ(Call("GET", PathOf(1)).body, before);
}

TEST_F(ImportExportTest, CellsThatLookLikeFormulasAreQuotedText) {
  std::string row;
  AppendRow(row, 2, {{"=1+1"}, {"@x"}, {"plain"}, {"5", true}});
  EXPECT_EQ(row,
            R"(<row r="2"><c r="A2" s="1" t="inlineStr"><is><t xml:space="preserve">=1+1</t></is>)"
            R"(</c><c r="B2" s="1" t="inlineStr"><is><t xml:space="preserve">@x</t></is></c>)"
            R"(<c r="C2" t="inlineStr"><is><t xml:space="preserve">plain</t></is></c>)"
            R"(<c r="D2"><v>5</v></c></row>)");
}

// ---- hostile XLSX ----

TEST(XlsxTest, SharedStringsFormulasAndGapsAreRead) {
  const std::string strings =
      R"(<sst><si><t>Email</t></si><si><r><t>a</t></r><r><t>b</t></r><rPh><t>no</t></rPh></si></sst>)";
  const auto rows =
      ReadTable(Workbook(SheetOf(R"(<row><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c>)"
                                 R"(</row><row><c r="B2" t="str"><f>1+1</f><v>2</v></c>)"
                                 R"(<c><v>1.5E2</v></c></row>)"),
                         strings));
  ASSERT_TRUE(rows) << rows.error().text;
  EXPECT_THAT(*rows, ElementsAre(Row{"Email", "", "ab"}, Row{"", "2", "150"}));
}

TEST(XlsxTest, BombsAndTricksAreRefused) {
  TableLimits limits;
  limits.part_bytes = 1024 * 1024;
  limits.text_bytes = 1024 * 1024;
  limits.rows = 1000;
  const auto refused = [&](const std::string& bytes) {
    const auto rows = ReadXlsx(bytes, limits);
    return !rows && rows.error().kind == ErrorKind::kInvalid;
  };
  // Ten kilobytes that unpack to ten megabytes.
  const std::string bomb = Workbook(SheetOf(std::string(10 * 1024 * 1024, ' ')));
  EXPECT_LT(bomb.size(), 20'000u);
  EXPECT_TRUE(refused(bomb));
  // One long text in many cells.
  std::string rows;
  for (int i = 0; i < 100; ++i) rows += R"(<row><c t="s"><v>0</v></c></row>)";
  EXPECT_TRUE(refused(
      Workbook(SheetOf(rows), "<sst><si><t>" + std::string(100'000, 'x') + "</t></si></sst>")));
  // Entities.
  EXPECT_TRUE(refused(Workbook("<!DOCTYPE x [<!ENTITY a \"b\">]>" + SheetOf(""))));
  EXPECT_TRUE(refused(Workbook(SheetOf(R"(<row><c r="XFD1"><v>1</v></c></row>)"))));
  EXPECT_TRUE(refused(Workbook(SheetOf(R"(<row><c t="s"><v>7</v></c></row>)"))));
  EXPECT_TRUE(refused(Workbook(SheetOf(R"(<row><c t="s"><v>-1</v></c></row>)"))));
  EXPECT_TRUE(refused(Workbook("<worksheet><sheetData>")));
  std::string many;
  for (int i = 0; i < 1002; ++i) many += "<row/>";
  EXPECT_TRUE(refused(Workbook(SheetOf(many))));
  std::vector<std::pair<std::string, std::string>> parts;
  for (int i = 0; i < 1001; ++i) parts.emplace_back(std::to_string(i), "");
  EXPECT_TRUE(refused(Zip(parts)));
  const std::string whole = Workbook(SheetOf(""));
  for (size_t size = 4; size < whole.size(); size += 7) {
    EXPECT_TRUE(refused(whole.substr(0, size))) << size;
  }
  // Deep nesting is neither a stack nor a table.
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<a>";
  for (int i = 0; i < 100'000; ++i) deep += "</a>";
  const auto nested = ReadXlsx(Workbook(SheetOf(deep)), limits);
  ASSERT_TRUE(nested);
  EXPECT_THAT(*nested, IsEmpty());
}

TEST(CsvTest, FieldsDelimitersAndLimits) {
  EXPECT_THAT(*ReadCsv("\xef\xbb\xbf"
                       "a,b\r\n\"x\"\"y\",\"1\n2\"\rz,"),
              ElementsAre(Row{"a", "b"}, Row{"x\"y", "1\n2"}, Row{"z", ""}));
  EXPECT_THAT(*ReadCsv("a\tb\n"), ElementsAre(Row{"a", "b"}));
  EXPECT_FALSE(ReadCsv("\"a\"b"));
  TableLimits limits;
  limits.rows = 2;
  limits.columns = 2;
  EXPECT_FALSE(ReadCsv("a\nb\nc\nd\n", limits));
  EXPECT_FALSE(ReadCsv("a,b,c", limits));
}

}  // namespace
}  // namespace oubli::dialects::webcommander
