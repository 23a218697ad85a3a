#include "dialects/stickystreet/good_calls.h"

#include "crypto/password.h"

namespace oubli::dialects::stickystreet {
namespace {

void AddCustomers(std::vector<GoodCall>& calls) {
  calls.push_back({"customer_delete", "customer_delete", {{"code", "{code}"}}});
  calls.push_back({"record_customer",
                   "customers",
                   {{"customer_action", "new"},
                    {"code", "{fresh}"},
                    {"card_number", "{fresh}"},
                    {"card_number_generate", "10"},
                    {"card_number_prefix", "55"},
                    {"card_number_suffix", "99"},
                    {"new_code", "Yes"},
                    {"first_name", "Amy"},
                    {"last_name", "Acker"},
                    {"phone", "5550100"},
                    {"email", "{fresh}@example.com"},
                    {"street1", "1234 Main St"},
                    {"street2", "Rear"},
                    {"city", "Springfield"},
                    {"state", "IL"},
                    {"postal_code", "62701"},
                    {"country", "US"},
                    {"custom_date", "1980-02-29"},
                    {"custom_field", "free"},
                    {"custom_field_3", "blue"},
                    {"customer_username", "{fresh}"},
                    {"campaign_id", "{points}"},
                    {"auto_add", "1500"},
                    {"send_no_email", "true"}}});
  calls.push_back({"record_customer",
                   "customers",
                   {{"customer_action", "edit"},
                    {"code", "{code}"},
                    {"card_number", "{fresh}"},
                    {"first_name", "Ann"},
                    {"customer_PIN", ""},
                    {"custom_date", "1980-02-29"},
                    {"custom_field_3", "red"}}});
  calls.push_back(
      {"generate_card_number",
       "view",
       {{"how_many_digits", "10"}, {"card_number_prefix", "55"}, {"card_number_suffix", "99"}}});
  calls.push_back({"customer_search",
                   "view",
                   {{"exact_match", "insensitive"},
                    {"code", "{code}"},
                    {"custom_date", "1980-02-29"},
                    {"custom_field_3", "blue"},
                    {"include_balances", "Y"}}});
  calls.push_back({"customer_search",
                   "view",
                   {{"exact_match", "sensitive"}, {"code", "{code}"}, {"customer_PIN", "1234"}}});
  for (const char* type : {"customer_find", "find_customer"}) {
    calls.push_back(
        {type, "view", {{"find_customer", "Canaryname, 1234 Main St"}, {"include_balances", "Y"}}});
  }
  calls.push_back({"customer_info",
                   "view",
                   {{"code", "{code}"},
                    {"card_number", "{card}"},
                    {"include_balances", "Y"},
                    {"campaign_id", "{points}"},
                    {"hide_custom_field", "Y"},
                    {"show_only_belong_to", "Y"}}});
  for (const char* type : {"customer_balance", "balance"}) {
    calls.push_back({type,
                     "view",
                     {{"campaign_id", "{points}"},
                      {"code", "{code}"},
                      {"card_number", "{card}"},
                      {"transactions_number", "5"},
                      {"across_campaigns", "Yes"}}});
  }
  calls.push_back({"validate_customer_password",
                   "view",
                   {{"code", "{code}"},
                    {"card_number", "{card}"},
                    {"customer_username", "{username}"},
                    {"phone", "Canaryname"},
                    {"customer_PIN", "1234"}}});
  calls.push_back({"card_replace",
                   "customers",
                   {{"previous_code", "{code}"},
                    {"previous_card", "{card}"},
                    {"profile_uid", "{id}"},
                    {"first_name", "canaryname"},
                    {"new_code", "{fresh}"},
                    {"new_card_number", "{fresh}"},
                    {"card_number_generate", "9"},
                    {"check_override", "Y"},
                    {"keep_which", "matched"}}});
  calls.push_back({"customers_batch",
                   "customers",
                   {{"API", "1.6"},
                    {"profiles_data", "{fresh},Bob,2000-01-01\n{fresh},\"A, B\",\n"},
                    {"delimiter", ","},
                    {"card_number", "1"},
                    {"first_name", "2"},
                    {"custom_date", "3"},
                    {"overwrite_duplicates", "Y"},
                    {"allow_undo", "Y"},
                    {"campaigns_to_include", "{points}"}}});
}

void AddReports(std::vector<GoodCall>& calls) {
  for (const char* report : {"customers_all", "customers_new", "customers_frequent",
                             "customers_inactive", "customers_birthday", "customers_custom_date"}) {
    calls.push_back({"reports",
                     "view",
                     {{"report", report},
                      {"date_start", "1980-01-01"},
                      {"date_end", "2030-12-31"},
                      {"selected_campaigns", "{points},{gift}"},
                      {"frequency", "1"},
                      {"include_redeemed", "Y"},
                      {"last", "5"}}});
  }
  calls.push_back(
      {"reports", "view", {{"report", "customers_search"}, {"search_text", "canaryname"}}});
  calls.push_back({"reports",
                   "view",
                   {{"report", "customers_balances"},
                    {"campaign_id", "{points}"},
                    {"coalition_balance", ""},
                    {"offset", "0"},
                    {"limit", "10"}}});
  calls.push_back({"reports",
                   "view",
                   {{"report", "transactions_all"},
                    {"date_start", "1980-01-01"},
                    {"date_end", "2030-12-31"},
                    {"selected_campaigns", "{points}"}}});
}

void AddTransactions(std::vector<GoodCall>& calls) {
  calls.push_back({"record_activity",
                   "transactions",
                   {{"campaign_id", "{points}"},
                    {"code", "{code}"},
                    {"card_number", "{card}"},
                    {"amount", "9,95"},
                    {"promo_id", "{promo}"},
                    {"authorization", "Order 12"},
                    {"send_transaction_email", "Y"},
                    {"custom_field_7", "till 3"}}});
  calls.push_back({"record_activity",
                   "transactions",
                   {{"campaign_id", "{gift}"}, {"code", "{code}"}, {"amount", "9.95"}}});
  calls.push_back({"record_activity",
                   "transactions",
                   {{"campaign_id", "{buyx}"},
                    {"code", "{code}"},
                    {"service_product", "{item}"},
                    {"buyx_quantity", "2"}}});
  calls.push_back({"redeem",
                   "transactions",
                   {{"campaign_id", "{points}"},
                    {"code", "{code}"},
                    {"card_number", "{card}"},
                    {"custom_points_redeem", "1.5"},
                    {"custom_dollars_redeem", "0.05"},
                    {"reward_to_redeem", "{reward}"},
                    {"authorization", "Order 13"}}});
  calls.push_back({"redeem",
                   "transactions",
                   {{"campaign_id", "{gift}"}, {"code", "{code}"}, {"reward_to_redeem", "0.01"}}});
  calls.push_back(
      {"transaction_delete",
       "transaction_delete",
       {{"campaign_id", "{points}"}, {"code", "{code}"}, {"transaction_id", "{entry}"}}});
  calls.push_back({"batch_transactions",
                   "transactions",
                   {{"campaign_id", "{gift}"},
                    {"Visits_Data", "{card};1,50;Order 1;2026-08-01\n{card};2\n"},
                    {"delimiter", ";"},
                    {"apply_ratio", "Y"},
                    {"allow-undo", "Y"}}});
  calls.push_back({"transaction_fields", "view", {{"API", "1.5"}}});
  calls.push_back({"generate_time_token", "view", {{"token_interval", "10"}}});
  calls.push_back({"validate_time_token", "view", {{"token", "{token}"}}});
}

void AddCampaigns(std::vector<GoodCall>& calls) {
  for (const char* type : {"campaigns_list", "campaigns_inactive_list"}) {
    calls.push_back({type,
                     "view",
                     {{"type_restrict", "points,giftcard"},
                      {"searchField", "name"},
                      {"searchOper", "cn"},
                      {"searchValue", "campaign"},
                      {"sortField", "points_ratio"},
                      {"sortOrder", "DESC"},
                      {"offset", "0"},
                      {"length", "10"},
                      {"API", "1.5"}}});
  }
  calls.push_back({"campaign_rewards", "view", {{"campaign_id", "{points}"}}});
  calls.push_back({"campaign_promos",
                   "view",
                   {{"campaign_id", "{points}"},
                    {"searchField", "promotion"},
                    {"searchOper", "eq"},
                    {"searchValue", "Double"},
                    {"sortField", "multiplier"}}});
  calls.push_back({"buyx_items_list",
                   "view",
                   {{"campaign_id", "{buyx}"}, {"sortField", "buy_amount"}, {"length", "5"}}});
  calls.push_back({"campaign_new",
                   "campaigns",
                   {{"action", "campaign"},
                    {"campaign_type", "points"},
                    {"campaign_name", "New campaign"},
                    {"campaign_description", "For all"},
                    {"points_ratio", "1,5"},
                    {"reward_ratio", "0.01"},
                    {"amount_per_event", "2"},
                    {"coalition_opt_out", "N"},
                    {"two_tier_opt_out", "N"}}});
  calls.push_back({"campaign_new",
                   "campaigns",
                   {{"action", "reward"},
                    {"campaign_id", "{points}"},
                    {"reward_level", "1000"},
                    {"reward_description", "Free Widget"},
                    {"reward_identifier", "{fresh}"},
                    {"reward_custom_field_1", "7654382"}}});
  calls.push_back({"campaign_new",
                   "campaigns",
                   {{"action", "item"},
                    {"campaign_id", "{buyx}"},
                    {"reward_level", "10"},
                    {"item_description", "Coffee or Tea"},
                    {"item_identifier", "{fresh}"}}});
  calls.push_back({"campaign_new",
                   "campaigns",
                   {{"action", "promo"},
                    {"campaign_id", "{points}"},
                    {"promo_operand", "x"},
                    {"promo_value", "2"},
                    {"promo_description", "Double"},
                    {"promo_custom_id", "{fresh}"},
                    {"promo_start_date", "2026-01-01"},
                    {"promo_end_date", "2026-12-31"}}});
  calls.push_back({"campaign_update",
                   "campaigns",
                   {{"action", "reward"},
                    {"campaign_id", "{points}"},
                    {"reward_id", "{reward}"},
                    {"new_reward_level", "5"},
                    {"new_reward_description", "Other"}}});
  calls.push_back({"campaign_update",
                   "campaigns",
                   {{"action", "item"},
                    {"campaign_id", "{buyx}"},
                    {"item_id", "{item}"},
                    {"new_item_description", "Other"}}});
  calls.push_back({"campaign_update",
                   "campaigns",
                   {{"action", "promo"},
                    {"campaign_id", "{points}"},
                    {"promo_id", "{promo}"},
                    {"new_promo_value", "3"},
                    {"new_promo_start_date", "2026-01-02"}}});
  calls.push_back({"campaign_update",
                   "campaigns",
                   {{"action", "campaign"},
                    {"campaign_id", "{gift}"},
                    {"new_campaign_name", "Other"},
                    {"new_points_ratio", "2"}}});
  calls.push_back({"campaign_delete",
                   "campaigns",
                   {{"action", "reward"}, {"campaign_id", "{points}"}, {"reward_id", "{reward}"}}});
  calls.push_back({"campaign_delete",
                   "campaigns",
                   {{"action", "item"}, {"campaign_id", "{buyx}"}, {"item_id", "{item}"}}});
  calls.push_back({"campaign_delete",
                   "campaigns",
                   {{"action", "promo"}, {"campaign_id", "{points}"}, {"promo_id", "{promo}"}}});
  calls.push_back(
      {"campaign_delete", "campaigns", {{"action", "campaign"}, {"campaign_id", "{gift}"}}});
  calls.push_back({"campaign_deactivate", "campaigns", {{"campaign_id", "{points}"}}});
  calls.push_back({"campaign_reactivate", "campaigns", {{"campaign_id", "{points}"}}});
}

void AddAccount(std::vector<GoodCall>& calls) {
  calls.push_back({"account_info", "view", {}});
  calls.push_back({"account_update",
                   "owner",
                   {{"biz_name", "Great Widgets"}, {"language", "EN"}, {"contact_phone", "5"}}});
  calls.push_back({"user_login", "", {}});
  calls.push_back({"user_info", "", {}});
  calls.push_back({"users_list", "owner", {}});
  calls.push_back(
      {"user_new",
       "owner",
       {{"affected_user_id", "{fresh}"}, {"permissions", "view, customers"}, {"name", "ignored"}}});
  calls.push_back(
      {"user_update",
       "owner",
       {{"affected_user_id", "{user}"}, {"permissions", "view"}, {"new_api_key", "Yes"}}});
  calls.push_back({"user_delete", "owner", {{"affected_user_id", "{user}"}}});
  for (const char* action : {"add", "remove"}) {
    calls.push_back({"campaign_users",
                     "owner",
                     {{"action", action},
                      {"affected_user_id", "{user}"},
                      {"campaign_id", action == std::string_view("add") ? "{points}" : "{gift}"}}});
  }
  calls.push_back({"manage_fields", "owner", {{"action", "list"}}});
  calls.push_back({"manage_fields",
                   "owner",
                   {{"action", "add"},
                    {"name", "custom_field_50"},
                    {"label", "Shirt size"},
                    {"field_type", "Pick"},
                    {"show", "Y"},
                    {"choices", "S,M,L"}}});
  for (const char* action : {"update", "delete"}) {
    calls.push_back({"manage_fields",
                     "owner",
                     {{"action", action}, {"name", "custom_field_51"}, {"label", "Other"}}});
  }
}

}  // namespace

const std::vector<GoodCall>& GoodCalls() {
  static const std::vector<GoodCall> kCalls = [] {
    std::vector<GoodCall> calls;
    AddCustomers(calls);
    AddReports(calls);
    AddTransactions(calls);
    AddCampaigns(calls);
    AddAccount(calls);
    return calls;
  }();
  return kCalls;
}

void GoodCallsTest::Renew() {
  static const std::string kPinHash = crypto::HashPassword("1234");
  const std::string number = std::to_string(++renewed_);
  const std::string code = "code" + number;
  words_["code"] = code;
  words_["card"] = "card" + number;
  words_["username"] = "user" + number;
  words_["points"] = NewCampaign("points", {{"reward_ratio", "0.01"}});
  words_["gift"] = NewCampaign("giftcard");
  words_["buyx"] = NewCampaign("buyx");
  NewCustomer({{"code", code},
               {"card_number", "card" + number},
               {"customer_username", "user" + number},
               {"first_name", std::string(kCanary)},
               {"last_name", std::string(kCanary)},
               {"phone", std::string(kCanary)},
               {"email", std::string(kCanary) + number + "@example.com"},
               {"street1", std::string(kCanary)},
               {"custom_date", "1980-02-29"},
               {"custom_field_3", "blue"},
               {"campaign_id", words_["points"] + "," + words_["gift"]},
               {"auto_add", "5000"}});
  auto pin = world_.OpenStore("abc")->WriteAndWait([&](customers::StoreTransaction& transaction) {
    customers::Customer customer = Stored(code);
    customer.profile.pin_hash = kPinHash;
    return customers::UpdateCustomer(transaction, std::move(customer));
  });
  EXPECT_TRUE(pin.has_value());
  words_["id"] = std::to_string(Stored(code).head.id);
  const auto part = [&](const char* action, const std::string& campaign, Form form) {
    form.insert(form.end(),
                {{"type", "campaign_new"}, {"action", action}, {"campaign_id", campaign}});
    words_[action] = Between(Json(form), "\"id\":\"", "\"");
    EXPECT_NE(words_[action], "");
  };
  part("reward", words_["points"], {{"reward_level", "10"}, {"reward_description", "Free"}});
  part("item", words_["buyx"], {{"reward_level", "3"}, {"item_description", "Coffee"}});
  part("promo", words_["points"],
       {{"promo_operand", "x"}, {"promo_value", "2"}, {"promo_description", "Double"}});
  words_["entry"] = Between(
      Json({{"type", "customer_balance"}, {"campaign_id", words_["points"]}, {"code", code}}),
      "\"transactions\":[{\"id\":\"", "\"");
  words_["token"] = Between(Json({{"type", "generate_time_token"}}), "\"token\":\"", "\"");
  words_["user"] = "known-" + number;
  NewUser(words_["user"], "view");
  Call({{"type", "campaign_users"},
        {"action", "add"},
        {"affected_user_id", words_["user"]},
        {"campaign_id", words_["gift"]}});
  Call({{"type", "manage_fields"}, {"action", "delete"}, {"name", "custom_field_50"}});
  Call({{"type", "manage_fields"}, {"action", "add"}, {"name", "custom_field_51"}});
}

std::string GoodCallsTest::WordOf(const std::string& name) {
  if (name == "fresh") return "fresh" + std::to_string(++fresh_);
  return words_.at(name);
}

Form GoodCallsTest::Fill(const GoodCall& call, const Form& form) {
  Form filled = {{"type", std::string(call.type)}};
  for (auto [name, value] : form) {
    for (std::string word = Between(value, "{", "}"); !word.empty();
         word = Between(value, "{", "}")) {
      if (word != "fresh" && !words_.contains(word)) break;
      value.replace(value.find("{" + word + "}"), word.size() + 2, WordOf(word));
    }
    filled.emplace_back(std::move(name), std::move(value));
  }
  return filled;
}

Form GoodCallsTest::Fill(const GoodCall& call) { return Fill(call, call.form); }

http::Response GoodCallsTest::SendAs(const std::string& user_id, const std::string& key, Form form,
                                     const std::string& account) {
  form.insert(form.end(), {{"user_id", user_id}, {"user_password", key}, {"account_id", account}});
  return Send(form);
}

std::string GoodCallsTest::NewUser(const std::string& user_id, const std::string& permissions) {
  const std::string body =
      Json({{"type", "user_new"}, {"affected_user_id", user_id}, {"permissions", permissions}});
  const std::string key = Between(body, "\"user_api_key\":\"", "\"");
  EXPECT_EQ(key.size(), 32U) << body;
  return key;
}

std::string GoodCallsTest::Everything(std::string_view store) {
  Dump& dump = dumps_[std::string(store)];
  if (dump.connection == nullptr) {
    dump.connection = world_.OpenStore(store)->database().OpenReader().value();
    auto tables = dump.connection
                      ->Prepare(
                          "SELECT m.name, group_concat('quote(\"' || c.name || '\")', '||') "
                          "FROM sqlite_master m JOIN pragma_table_info(m.name) c "
                          "WHERE m.type = 'table' GROUP BY m.name ORDER BY m.name")
                      .value();
    while (tables->Step().value()) {
      dump.selects.push_back("SELECT group_concat(" + std::string(tables->Text(1)) +
                             ", x'0a') FROM \"" + std::string(tables->Text(0)) + "\"");
    }
  }
  // Tells of every commit of another connection, so what has not changed is not read again.
  auto version = dump.connection->Prepare("PRAGMA data_version").value();
  EXPECT_TRUE(version->Step().value());
  if (version->Int(0) == dump.version && !dump.everything.empty()) return dump.everything;
  dump.version = version->Int(0);
  version->Reset();
  std::string everything;
  for (const std::string& select : dump.selects) {
    auto rows = dump.connection->Prepare(select.c_str()).value();
    EXPECT_TRUE(rows->Step().value());
    everything += std::string(rows->Text(0)) + "\n\n";
  }
  dump.everything = everything;
  return everything;
}

}  // namespace oubli::dialects::stickystreet
