#include "admin/commands.h"

#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <filesystem>

#include "access/key_custody.h"
#include "access/server_file.h"
#include "base/json.h"
#include "customers/customers.h"
#include "customers/records.h"
#include "customers/settings.h"
#include "storage/group_writer.h"

namespace oubli::admin {
namespace {

using boost::json::object;
using boost::json::value;

class CommandsTest : public ::testing::Test {
 protected:
  CommandsTest() {
    char path[] = "/tmp/oubli-commands-XXXXXX";
    folder_ = mkdtemp(path);
    dir_ = folder_ + "/data";
    file_ = access::ServerFile::Open(dir_).value();
    api_keys_ = std::make_unique<access::ApiKeys>(*file_, clock_);
    windows_ = std::make_unique<access::Windows>(*file_, clock_);
    customers::StoreOptions options;
    custody_ = access::KeyCustody::Open(*file_, dir_, clock_).value();
    options.places = custody_->places();
    stores_ = std::make_unique<access::Stores>(*file_, dir_, threads_, clock_, nullptr, options);
  }
  ~CommandsTest() override {
    stores_.reset();
    std::filesystem::remove_all(folder_);
  }

  Result<object> Run(std::string_view command, const object& arguments) {
    OUBLI_TRY_ASSIGN(const std::string text,
                     RunCommand({*api_keys_, *stores_, *windows_, *custody_}, command, arguments));
    EXPECT_EQ(text.find('\n'), std::string::npos);
    OUBLI_TRY_ASSIGN(const value parsed, ParseJson(text));
    return parsed.as_object();
  }

  ErrorKind KindOf(std::string_view command, const object& arguments) {
    const Result<object> result = Run(command, arguments);
    EXPECT_FALSE(result) << command;
    return result ? ErrorKind::kCorrupt : result.error().kind;
  }

  std::string folder_;
  std::string dir_;
  ManualClock clock_{1'700'000'000'000};
  storage::WriterThreads threads_{1};
  std::unique_ptr<access::ServerFile> file_;
  std::unique_ptr<access::KeyCustody> custody_;
  std::unique_ptr<access::ApiKeys> api_keys_;
  std::unique_ptr<access::Windows> windows_;
  std::unique_ptr<access::Stores> stores_;
};

TEST_F(CommandsTest, StoresAreMadeListedAndShown) {
  const object made = Run("store.create", {{"handle", "demo"}}).value();
  EXPECT_EQ(made.at("number").as_int64(), 1);
  EXPECT_EQ(made.at("created_at").as_string(), "2023-11-14T22:13:20Z");
  ASSERT_TRUE(Run("store.create", {{"handle", "other"}}));
  EXPECT_EQ(KindOf("store.create", {{"handle", "demo"}}), ErrorKind::kConflict);
  EXPECT_EQ(KindOf("store.create", {{"handle", "De mo"}}), ErrorKind::kInvalid);

  const object list = Run("store.list", {}).value();
  ASSERT_EQ(list.at("stores").as_array().size(), 2U);
  EXPECT_EQ(list.at("stores").as_array()[1].at("handle").as_string(), "other");

  const object shown = Run("store.show", {{"handle", "demo"}}).value();
  EXPECT_EQ(shown.at("customers").as_int64(), 0);
  EXPECT_EQ(shown.at("keys").as_int64(), 0);
  EXPECT_FALSE(shown.at("window").at("open").as_bool());
  EXPECT_TRUE(shown.at("window").at("until").is_null());
  EXPECT_EQ(KindOf("store.show", {{"handle", "nobody"}}), ErrorKind::kNotFound);
}

TEST_F(CommandsTest, ImportedCustomersAreCounted) {
  ASSERT_TRUE(Run("store.create", {{"handle", "demo"}}));
  const boost::json::array rows = {
      object{{"email", "ann@example.com"}, {"first_name", "Ann"}, {"last_name", "Lee"}},
      object{{"email", "bob@example.com"}, {"id", "seven"}}};
  const object result = Run("import.batch", {{"store", "demo"}, {"rows", rows}}).value();
  const boost::json::array& outcomes = result.at("outcomes").as_array();
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_EQ(outcomes[0].at("result").as_string(), "created");
  EXPECT_EQ(outcomes[1].at("result").as_string(), "refused");
  EXPECT_EQ(outcomes[1].at("problem").at("field").as_string(), "id");
  EXPECT_EQ(Run("store.show", {{"handle", "demo"}})->at("customers").as_int64(), 1);
  EXPECT_EQ(KindOf("import.batch", {{"store", "demo"}, {"rows", {1}}}), ErrorKind::kInvalid);
  EXPECT_EQ(KindOf("import.batch", {{"store", "x"}, {"rows", boost::json::array()}}),
            ErrorKind::kNotFound);
}

TEST_F(CommandsTest, KeysComeWithTheirDialectsFieldsInOrder) {
  ASSERT_TRUE(Run("store.create", {{"handle", "demo"}}));
  const auto names = [&](std::string_view dialect) {
    const object key = Run("key.create", {{"store", "demo"}, {"dialect", dialect}}).value();
    std::string text;
    for (const auto& member : key) {
      text += std::string(member.key()) + " ";
    }
    return text;
  };
  EXPECT_EQ(names("bigcommerce"), "id store dialect token client_id client_secret ");
  EXPECT_EQ(names("webcommander"),
            "id store dialect client_id client_secret redirect_uri username password ");
  EXPECT_EQ(names("stickystreet"), "id store dialect user_id api_key ");
  EXPECT_EQ(names("hotcakes"), "id store dialect key ");
  EXPECT_EQ(names("native"), "id store dialect key ");

  const object list = Run("key.list", {{"store", "demo"}}).value();
  ASSERT_EQ(list.at("keys").as_array().size(), 5U);
  EXPECT_EQ(list.at("keys").as_array()[0].at("scopes").as_array()[0].as_string(),
            "store_v2_customers");
}

TEST_F(CommandsTest, WrongKeyArgumentsAreToldApart) {
  ASSERT_TRUE(Run("store.create", {{"handle", "demo"}}));
  EXPECT_EQ(KindOf("key.create", {{"store", "nobody"}, {"dialect", "hotcakes"}}),
            ErrorKind::kNotFound);
  EXPECT_EQ(KindOf("key.create", {{"store", "demo"}, {"dialect", "magento"}}), ErrorKind::kInvalid);
  EXPECT_EQ(KindOf("key.create", {{"store", "demo"}}), ErrorKind::kInvalid);
  const auto scoped =
      Run("key.create",
          {{"store", "demo"}, {"dialect", "bigcommerce"}, {"scopes", {"store_v2_custmers"}}});
  ASSERT_FALSE(scoped);
  EXPECT_NE(scoped.error().text.find("store_v2_customers_read_only"), std::string::npos);
  EXPECT_EQ(
      KindOf("key.create", {{"store", "demo"}, {"dialect", "webcommander"}, {"role", "customer"}}),
      ErrorKind::kInvalid);
  EXPECT_EQ(KindOf("key.create", {{"store", 5}, {"dialect", "hotcakes"}}), ErrorKind::kInvalid);
}

TEST_F(CommandsTest, KeysAreRevokedInTheirOwnStoreAlone) {
  ASSERT_TRUE(Run("store.create", {{"handle", "demo"}}));
  ASSERT_TRUE(Run("store.create", {{"handle", "other"}}));
  ASSERT_TRUE(Run("key.create", {{"store", "demo"}, {"dialect", "hotcakes"}}));
  EXPECT_EQ(KindOf("key.revoke", {{"store", "other"}, {"id", 1}}), ErrorKind::kNotFound);
  EXPECT_TRUE(Run("key.revoke", {{"store", "demo"}, {"id", 1}})->at("revoked").as_bool());
  EXPECT_TRUE(Run("key.list", {{"store", "demo"}})->at("keys").as_array().empty());
  EXPECT_EQ(KindOf("key.revoke", {{"store", "demo"}, {"id", 1}}), ErrorKind::kNotFound);
}

TEST_F(CommandsTest, WindowsOpenForTheirTime) {
  ASSERT_TRUE(Run("store.create", {{"handle", "demo"}}));
  const object opened = Run("window.open", {{"store", "demo"}, {"minutes", 5}}).value();
  EXPECT_TRUE(opened.at("open").as_bool());
  EXPECT_EQ(opened.at("until").as_string(), "2023-11-14T22:18:20Z");
  EXPECT_EQ(opened.at("remaining_seconds").as_int64(), 300);
  clock_.Advance(299'000);
  EXPECT_TRUE(Run("window.show", {{"store", "demo"}})->at("open").as_bool());
  clock_.Advance(1'000);
  EXPECT_FALSE(Run("window.show", {{"store", "demo"}})->at("open").as_bool());
  EXPECT_EQ(Run("window.open", {{"store", "demo"}})->at("remaining_seconds").as_int64(), 3600);
  EXPECT_FALSE(Run("window.close", {{"store", "demo"}})->at("open").as_bool());
  EXPECT_EQ(KindOf("window.open", {{"store", "demo"}, {"minutes", 0}}), ErrorKind::kInvalid);
  EXPECT_EQ(KindOf("window.open", {{"store", "nobody"}}), ErrorKind::kNotFound);
}

TEST_F(CommandsTest, UnknownCommandsAndArgumentsAreRefused) {
  EXPECT_EQ(KindOf("store.drop", {}), ErrorKind::kInvalid);
  const auto result = Run("window.open", {{"store", "demo"}, {"minute", 5}});
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().text.find("minutes"), std::string::npos);
}

TEST_F(CommandsTest, PlacesAreListedAndTheGoneRetired) {
  ASSERT_TRUE(Run("store.create", {{"handle", "demo"}}));
  const auto slots = [&] {
    std::vector<object> found;
    const object listed = Run("places.list", {}).value();
    for (const value& place : listed.at("places").as_array()) {
      if (place.as_object().at("kind").as_string() == "slot") found.push_back(place.as_object());
    }
    return found;
  };
  ASSERT_EQ(slots().size(), 2U);
  EXPECT_EQ(slots()[0].at("state").as_string(), "in use");
  EXPECT_TRUE(Run("places.list", {})->at("erasing").as_bool());
  EXPECT_EQ(KindOf("places.retire", {{"id", slots()[0].at("id").as_string()}}),
            ErrorKind::kInvalid);
  EXPECT_EQ(KindOf("places.retire", {{"id", "nothing"}}), ErrorKind::kNotFound);

  std::filesystem::rename(dir_ + ".roots/1", dir_ + ".roots/away");
  EXPECT_EQ(slots()[0].at("state").as_string(), "failing");
  EXPECT_FALSE(slots()[0].at("reason").is_null());
}

TEST_F(CommandsTest, SettingsAreListedSetAndReset) {
  ASSERT_TRUE(Run("store.create", {{"handle", "demo"}}));
  ASSERT_TRUE(Run("store.create", {{"handle", "other"}}));
  const object list = Run("setting.list", {{"store", "demo"}}).value();
  EXPECT_EQ(list.at("settings").as_array().size(), customers::kSettings);
  const object name = {{"store", "demo"}, {"name", "bigcommerce_rate_limit"}};
  EXPECT_EQ(Run("setting.get", name)->at("value").as_string(), "off");
  const object set =
      Run("setting.set", {{"store", "demo"}, {"name", "bigcommerce_rate_limit"}, {"value", "450"}})
          .value();
  EXPECT_EQ(set.at("value").as_string(), "450");
  EXPECT_TRUE(set.at("is_set").as_bool());
  EXPECT_EQ(set.at("default").as_string(), "off");
  EXPECT_EQ(Run("setting.get", name)->at("value").as_string(), "450");
  EXPECT_EQ(Run("setting.get", {{"store", "other"}, {"name", "bigcommerce_rate_limit"}})
                ->at("value")
                .as_string(),
            "off");
  EXPECT_FALSE(Run("setting.reset", name)->at("is_set").as_bool());
  EXPECT_EQ(KindOf("setting.set", {{"store", "demo"}, {"name", "x"}, {"value", "on"}}),
            ErrorKind::kInvalid);
  EXPECT_EQ(KindOf("setting.set",
                   {{"store", "demo"}, {"name", "bigcommerce_rate_limit"}, {"value", "many"}}),
            ErrorKind::kInvalid);
  EXPECT_EQ(KindOf("setting.set", name), ErrorKind::kInvalid);
  EXPECT_EQ(KindOf("setting.get", {{"store", "demo"}}), ErrorKind::kInvalid);
  EXPECT_EQ(KindOf("setting.list", {{"store", "nobody"}}), ErrorKind::kNotFound);
  EXPECT_EQ(KindOf("setting.list", {{"store", "demo"}, {"naem", "x"}}), ErrorKind::kInvalid);
}

TEST_F(CommandsTest, KeptOrdersAreReadWrittenAndForgottenPageByPage) {
  ASSERT_TRUE(Run("store.create", {{"handle", "demo"}}));
  const object demo = {{"store", "demo"}};
  const auto store = stores_->Open(1).value();
  constexpr UnixMs kDayMs = 86'400'000;
  ASSERT_TRUE(store->WriteAndWait([](customers::StoreTransaction& transaction) -> Status {
    OUBLI_TRY_ASSIGN(const auto customer, customers::CreateCustomer(transaction, {}));
    for (int i = 0; i < 1100; ++i) {
      customers::Order order;
      order.date = kDayMs * (19'000 + i % 10);
      order.currency = "EUR";
      order.total = Decimal::FromInt(i);
      order.items = {{"Mug", "MUG-1", Decimal::FromInt(2), *Decimal::Parse("0.5")}};
      OUBLI_TRY(customers::PutOrder(transaction, customer.head, order));
    }
    return {};
  }));
  const auto all = [&](std::string_view command, object arguments, const char* count) {
    int64_t sum = 0;
    for (int pages = 1; pages < 20; ++pages) {
      const object page = Run(command, arguments).value();
      sum += page.at(count).is_array() ? static_cast<int64_t>(page.at(count).as_array().size())
                                       : page.at(count).as_int64();
      if (page.at("complete").as_bool()) return sum;
      arguments["after"] = page.at("after");
    }
    return int64_t{-1};
  };
  EXPECT_EQ(all("orders.kept", demo, "orders"), 0);
  EXPECT_EQ(KindOf("orders.keep", demo), ErrorKind::kInvalid) << "the setting is off";
  ASSERT_TRUE(
      Run("setting.set", {{"store", "demo"}, {"name", "keep_order_amounts"}, {"value", "yes"}}));
  EXPECT_EQ(all("orders.keep", demo, "kept"), 1100);
  EXPECT_EQ(all("orders.kept", demo, "orders"), 1100);
  const object page = Run("orders.kept", demo).value();
  const object& order = page.at("orders").as_array().at(0).as_object();
  EXPECT_EQ(order.at("currency").as_string(), "EUR");
  EXPECT_EQ(order.at("status").as_string(), "");
  EXPECT_EQ(order.at("items").as_array().at(0).at("sku").as_string(), "MUG-1");
  EXPECT_EQ(order.at("items").as_array().at(0).at("price").as_string(), "0.50");
  // Those of the first four of ten days.
  const object before = {{"store", "demo"}, {"before", "2022-01-12"}};
  EXPECT_EQ(all("orders.forget", before, "forgotten"), 440);
  EXPECT_EQ(all("orders.forget", before, "forgotten"), 0);
  EXPECT_EQ(all("orders.kept", demo, "orders"), 660);
  for (const char* bad : {"", "2022", "2022-02-30", "2022-01-12T00:00:00Z", "tomorrow"}) {
    EXPECT_EQ(KindOf("orders.forget", {{"store", "demo"}, {"before", bad}}), ErrorKind::kInvalid);
  }
  EXPECT_EQ(KindOf("orders.forget", demo), ErrorKind::kInvalid);
  EXPECT_EQ(KindOf("orders.kept", {{"store", "nobody"}}), ErrorKind::kNotFound);
  EXPECT_EQ(KindOf("orders.kept", {{"store", "demo"}, {"after", "x"}}), ErrorKind::kInvalid);
}

TEST_F(CommandsTest, AReindexGoesStepByStep) {
  ASSERT_TRUE(Run("store.create", {{"handle", "demo"}}));
  const object demo = {{"store", "demo"}};
  EXPECT_EQ(KindOf("reindex.start", {{"store", "nobody"}}), ErrorKind::kNotFound);
  EXPECT_FALSE(Run("reindex.show", demo)->at("under_way").as_bool());
  EXPECT_TRUE(Run("reindex.show", demo)->at("ended_at").is_null());
  EXPECT_TRUE(Run("reindex.start", demo)->at("under_way").as_bool());
  EXPECT_FALSE(Run("reindex.show", demo)->at("complete").as_bool());
  EXPECT_TRUE(Run("reindex.step", demo)->at("complete").as_bool());
  const object ended = Run("reindex.end", demo).value();
  EXPECT_FALSE(ended.at("under_way").as_bool());
  EXPECT_EQ(ended.at("ended_at").as_string(), "2023-11-14T22:13:20Z");
  EXPECT_EQ(ended.at("customers").as_int64(), 0);
  EXPECT_EQ(ended.at("unreadable_ids").as_array().size(), 0U);
}

}  // namespace
}  // namespace oubli::admin
