// The export of any size: in pieces of bounded size, what a reader sees while others write, and the
// file that comes out.
#include <zip.h>

#include <algorithm>
#include <string>
#include <vector>

#include "dialects/testing/pieces.h"
#include "dialects/webcommander/table_file.h"
#include "dialects/webcommander/webcommander_fixture.h"
#include "dialects/webcommander/xlsx.h"
#include "dialects/webcommander/zip_stream.h"

namespace oubli::dialects::webcommander {
namespace {

constexpr std::string_view kExport = "/api/v4/admin/customers/export";

class ExportStreamTest : public WebCommanderTest {
 protected:
  void AddMany(int count) {
    Write([&](customers::StoreTransaction& transaction) -> Result<int> {
      for (int i = 0; i < count; ++i) {
        customers::Customer customer;
        // Hard to pack, so that packed bytes come out early.
        for (int k = 0; k < 16; ++k) {
          seed_ = seed_ * 6364136223846793005ULL + 1442695040888963407ULL;
          customer.profile.first_name += std::to_string(seed_ >> 20);
        }
        OUBLI_TRY(customers::CreateCustomer(transaction, customer));
      }
      return count;
    });
  }
  http::Response Begin() {
    if (token_.empty()) token_ = NewToken();
    return world_.Begin("GET", kExport, {{"Authorization", "Bearer " + token_}});
  }
  static std::vector<int64_t> Ids(const std::string& file) {
    const auto rows = ReadTable(file);
    EXPECT_TRUE(rows) << rows.error().text;
    std::vector<int64_t> ids;
    for (size_t i = 1; rows && i < rows->size(); ++i) ids.push_back(std::stoll((*rows)[i][0]));
    return ids;
  }
  static std::vector<int64_t> Numbers(int64_t first, int64_t last) {
    std::vector<int64_t> numbers;
    for (int64_t i = first; i <= last; ++i) numbers.push_back(i);
    return numbers;
  }

 private:
  std::string token_;
  uint64_t seed_ = 1;
};

TEST_F(ExportStreamTest, AShortTableIsSentWhole) {
  AddMany(5);
  const auto response = Begin();
  EXPECT_EQ(response.next_piece, nullptr);
  EXPECT_EQ(Ids(response.body), Numbers(1, 5));
}

TEST_F(ExportStreamTest, AnEmptyStoreHasItsTitles) {
  const auto rows = ReadTable(Begin().body);
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ(rows->front().front(), "Customer Id");
}

TEST_F(ExportStreamTest, ALongTableComesInPiecesOfBoundedSize) {
  AddMany(1500);
  auto response = Begin();
  EXPECT_EQ(response.status, 200);
  ASSERT_NE(response.next_piece, nullptr);
  const auto read = testing::ReadPieces(response);
  ASSERT_TRUE(read);
  const auto& [whole, largest, pieces] = *read;
  EXPECT_GT(pieces, 10);
  // The packer keeps some of the text back and lets it go at once.
  EXPECT_LT(largest, 3 * http::kPieceBytes);
  EXPECT_EQ(Ids(whole), Numbers(1, 1500));
}

TEST_F(ExportStreamTest, AnErasedCustomerIsInNoLaterRow) {
  AddMany(600);
  auto response = Begin();
  ASSERT_NE(response.next_piece, nullptr);
  EXPECT_EQ(Call("DELETE", PathOf(400)).status, 204);
  EXPECT_EQ(Call("DELETE", PathOf(600)).status, 204);
  AddMany(1);
  ASSERT_TRUE(response.Collect().has_value());
  std::vector<int64_t> expected = Numbers(1, 601);
  std::erase(expected, 400);
  std::erase(expected, 600);
  EXPECT_EQ(Ids(response.body), expected);
}

TEST_F(ExportStreamTest, HoldsNoSnapshotBetweenPieces) {
  AddMany(600);
  auto store = world_.OpenStore("abc");
  auto response = Begin();
  ASSERT_NE(response.next_piece, nullptr);
  AddMany(50);
  // Truncating the log waits for readers, and fails while there is one.
  EXPECT_TRUE(store->Checkpoint(true).has_value());
  EXPECT_EQ(store->database().LogBytes(), 0);
  ASSERT_TRUE(response.Collect().has_value());
}

TEST_F(ExportStreamTest, WhatCannotBeReadIsAnErrorOrACut) {
  AddMany(600);
  const auto damage = [&](int64_t ordinal) {
    Write([&](customers::StoreTransaction& transaction) {
      return transaction.connection().Execute("UPDATE record SET sealed = x'00' WHERE ordinal = " +
                                              std::to_string(ordinal));
    });
  };
  damage(500);
  auto response = Begin();
  EXPECT_EQ(response.status, 200);
  EXPECT_FALSE(response.Collect().has_value()) << "cut off, not shortened";
  damage(2);
  response = Begin();
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body, R"({"status":"error","code":500,"message":"Internal server error",)"
                           R"("error":"internal_error"})");
}

// ---- the file ----

// The parts of a zip file by name, as libzip reads them, strictly.
std::vector<std::pair<std::string, std::string>> PartsOf(const std::string& file) {
  std::vector<std::pair<std::string, std::string>> parts;
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(file.data(), file.size(), 0, &error);
  zip_t* archive = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
  EXPECT_NE(archive, nullptr) << zip_error_strerror(&error);
  if (archive == nullptr) return parts;
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
    zip_stat_t stat;
    zip_stat_index(archive, static_cast<zip_uint64_t>(i), 0, &stat);
    std::string text(stat.size, '\0');
    zip_file_t* part = zip_fopen_index(archive, static_cast<zip_uint64_t>(i), 0);
    EXPECT_EQ(zip_fread(part, text.data(), text.size()), static_cast<zip_int64_t>(text.size()));
    EXPECT_EQ(zip_fclose(part), 0);
    parts.emplace_back(stat.name, std::move(text));
  }
  zip_discard(archive);
  return parts;
}

TEST(ZipStreamTest, PartsComeOutAsTheyWentIn) {
  std::string all;
  std::string large;
  for (int i = 0; i < 100'000; ++i) large += std::to_string(i * 7919);
  ZipStream zip;
  ASSERT_TRUE(zip.Begin("a.txt", all));
  for (size_t at = 0; at < large.size(); at += 999) {
    ASSERT_TRUE(zip.Write(std::string_view(large).substr(at, 999), all));
  }
  EXPECT_EQ(zip.part_bytes(), large.size());
  ASSERT_TRUE(zip.Begin("empty", all));
  ASSERT_TRUE(zip.Begin("\xc3\xa9/b", all));
  ASSERT_TRUE(zip.Write("b", all));
  ASSERT_TRUE(zip.Finish(all));
  EXPECT_LT(all.size(), large.size());
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"a.txt", large}, {"empty", ""}, {"\xc3\xa9/b", "b"}};
  EXPECT_EQ(PartsOf(all), expected);
}

TEST(ZipStreamTest, NothingIsWrittenOutsideAPart) {
  std::string out;
  ZipStream zip;
  EXPECT_FALSE(zip.Write("x", out));
  ZipStream empty;
  ASSERT_TRUE(empty.Finish(out));
  EXPECT_TRUE(PartsOf(out).empty());
}

TEST(XlsxStreamTest, AFullSheetIsFollowedByAnother) {
  for (const XlsxStream::Limits limits :
       {XlsxStream::Limits{2, 1 << 30}, XlsxStream::Limits{1000, 1200}}) {
    std::string file;
    XlsxStream xlsx({"A"}, limits);
    for (const char* text : {"one", "two", "three"}) {
      ASSERT_TRUE(xlsx.AddRow({{text + std::string(500, '.')}}, file));
    }
    ASSERT_TRUE(xlsx.Finish(file));
    std::vector<std::string> names;
    std::string second, workbook, types;
    for (const auto& [name, text] : PartsOf(file)) {
      names.push_back(name);
      if (name == "xl/worksheets/sheet2.xml") second = text;
      if (name == "xl/workbook.xml") workbook = text;
      if (name == "[Content_Types].xml") types = text;
    }
    EXPECT_THAT(names,
                ::testing::ElementsAre("_rels/.rels", "xl/styles.xml", "xl/worksheets/sheet1.xml",
                                       "xl/worksheets/sheet2.xml", "xl/workbook.xml",
                                       "xl/_rels/workbook.xml.rels", "[Content_Types].xml"));
    EXPECT_THAT(second, ::testing::HasSubstr(R"(<row r="1"><c r="A1" t="inlineStr"><is>)"
                                             R"(<t xml:space="preserve">A</t>)"));
    EXPECT_THAT(second, ::testing::HasSubstr(R"(<row r="2"><c r="A2")"));
    EXPECT_THAT(second, ::testing::HasSubstr("three."));
    EXPECT_THAT(workbook, ::testing::HasSubstr(R"(name="Customers 2" sheetId="2")"));
    EXPECT_THAT(types, ::testing::HasSubstr("/xl/worksheets/sheet2.xml"));
    const auto rows = ReadTable(file);
    ASSERT_TRUE(rows) << rows.error().text;
    EXPECT_EQ(rows->size(), 3u);
  }
}

// U+FFFE and U+FFFF are no characters of XML.
TEST(XlsxStreamTest, WhatXmlCannotHoldComesBack) {
  const std::string text = "\xef\xbf\xbe\xef\xbf\xbf\xef\xbf\xbd _x0041_\r\x01";
  std::string file;
  XlsxStream xlsx({"A"});
  ASSERT_TRUE(xlsx.AddRow({{text}}, file));
  ASSERT_TRUE(xlsx.Finish(file));
  for (const auto& [name, part] : PartsOf(file)) {
    EXPECT_EQ(part.find("\xef\xbf\xbf"), std::string::npos) << name;
    EXPECT_EQ(part.find('\x01'), std::string::npos) << name;
  }
  const auto rows = ReadTable(file);
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->at(1).at(0), text);
}

}  // namespace
}  // namespace oubli::dialects::webcommander
