// Hostile input for every call: each parameter of a form that would succeed is spoiled in every
// way. Whatever the answer, it is well-formed in its own format; an error has changed nothing, and
// repeats neither what was sent nor what is stored.
#include <algorithm>
#include <pugixml.hpp>

#include "base/json.h"
#include "dialects/stickystreet/good_calls.h"

namespace oubli::dialects::stickystreet {
namespace {

const std::vector<std::string>& HostileValues() {
  static const std::vector<std::string> kValues = {
      "<response status=\"success\">&amp;]]><!--",
      "]]>",
      "\"});alert(1);//\\u0000",
      "99999999999999999999999999999999999999",
      "-9223372036854775808",
      "9223372036854775807",
      "1e308",
      "NaN",
      "0.0000000000000000000000000001",
      "999999999999.99",
      std::string("a\0b", 3),
      "a\x01\x1F\x7F",
      "\xFF\xFE\xC0\x80",
      "\xED\xA0\x80",
      "\xE2\x80\xA8\xE2\x80\xAE\xEF\xBF\xBF",
      "*",
      "%",
      "1,2",
      "' OR 1=1 --",
      "../../etc/passwd",
      "",
      " ",
      std::string(256, 'x'),
      std::string(20'000, '9'),
  };
  return kValues;
}

// Whether a failed call may have been refused for what it says, rather than for what it was sent.
bool DeletesOrRenames(std::string_view type) {
  return type.find("delete") != std::string_view::npos || type == "card_replace" ||
         type == "campaign_deactivate";
}

class HostileTest : public GoodCallsTest {
 protected:
  static bool IsCleanXml(const std::string& xml) {
    return IsValidUtf8(xml) && std::ranges::all_of(xml, [](unsigned char c) {
             return c >= 0x20 || c == '\n' || c == '\r' || c == '\t';
           });
  }
  // The status of an answer, "" when it is malformed. `format` counts round.
  std::string Ask(Form form, size_t format, std::string& body) {
    switch (format % 3) {
      case 0: {
        body = Call(form);
        pugi::xml_document document;
        if (!document.load_buffer(body.data(), body.size()) || !IsCleanXml(body)) return "";
        return document.child("response").attribute("status").value();
      }
      case 1:
        body = Json(std::move(form));
        return ParseJson(body) ? Between(body, R"({"status":")", "\"") : "";
      default:
        form.push_back({"callback", "cb"});
        body = Json(std::move(form));
        if (!body.starts_with("cb({") || !body.ends_with("})")) return "";
        return ParseJson(body.substr(3, body.size() - 4)) ? Between(body, R"({"status":")", "\"")
                                                          : "";
    }
  }
  // What holds for every answer to a spoiled form. `value` is what it was spoiled with.
  void Check(const GoodCall& call, const Form& form, const std::string& value) {
    std::string body;
    const std::string status = Ask(form, count_++, body);
    const std::string trace = std::string(call.type) + " " + UrlEncoded(form).substr(0, 600);
    ASSERT_TRUE(status == "success" || status == "error") << trace << "\n" << body;
    if (call.type != "user_login") {
      EXPECT_EQ(body.find(key_.at("api_key")), std::string::npos) << trace;
    }
    if (status == "success") {
      if (DeletesOrRenames(call.type)) Renew();
      before_ = Everything();
      return;
    }
    EXPECT_EQ(body.find(kCanary), std::string::npos) << trace << "\n" << body;
    if (value.size() > 3) {
      EXPECT_EQ(body.find(value), std::string::npos) << trace << "\n" << body;
    }
    EXPECT_TRUE(Everything() == before_) << trace << "\nchanged something: " << body;
  }

  size_t count_ = 0;
  std::string before_;
};

TEST_F(HostileTest, EveryParameterOfEveryCall) {
  for (const GoodCall& call : GoodCalls()) {
    Renew();
    before_ = Everything();
    for (size_t i = 0; i < call.form.size(); ++i) {
      for (const std::string& value : HostileValues()) {
        Form form = Fill(call);
        form[i + 1].second = value;  // the type stands in front
        Check(call, form, value);
        if (HasFatalFailure()) return;
      }
    }
  }
}

// A name that is not expected, or not a name at all.
TEST_F(HostileTest, EveryCallWithParametersThatItDoesNotKnow) {
  const std::pair<std::string, std::string> kExtra[] = {
      {"<b>\"&]]>", "\xFF"},
      {std::string(5000, 'n'), "v"},
      {std::string("a\0b", 3), "v"},
      {"code[]", "x"},
      {"code[0][x]", "x"},
      {"custom_field_0", "x"},
      {"custom_field_999999999999999999999", "x"},
      {"", "no name"},
      {"customer_PIN", "12<34"},
      {"output", "HTML"},
  };
  for (const GoodCall& call : GoodCalls()) {
    Renew();
    before_ = Everything();
    for (const auto& extra : kExtra) {
      Form form = Fill(call);
      if (std::ranges::any_of(form, [&](const auto& f) { return f.first == extra.first; }))
        continue;
      form.push_back(extra);
      if (extra.first == "output") {
        Form all = Credentials();
        all.insert(all.end(), form.begin(), form.end());
        EXPECT_EQ(ErrorIn(Send(all)), "Non-allowed option submitted.");
        EXPECT_TRUE(Everything() == before_);
        continue;
      }
      Check(call, form, extra.second);
      if (HasFatalFailure()) return;
    }
  }
}

TEST_F(HostileTest, EveryParameterOfEveryCallTwice) {
  before_ = Everything();
  for (const GoodCall& call : GoodCalls()) {
    const Form good = Fill(call);
    for (size_t i = 0; i < good.size(); ++i) {
      for (const std::string& name : {good[i].first, good[i].first + "[]"}) {
        Form form = good;
        form.emplace_back(name, good[i].second);
        EXPECT_EQ(ErrorOf(form), "A parameter was given more than once") << call.type << name;
      }
    }
  }
  EXPECT_TRUE(Everything() == before_);
}

TEST_F(HostileTest, CallbacksThatAreNoNames) {
  before_ = Everything();
  const std::string callbacks[] = {"alert(1)",
                                   "a;b",
                                   "1a",
                                   "a b",
                                   "a\nb",
                                   "<script>",
                                   "a[0]",
                                   "a'",
                                   "a\"",
                                   "a/*",
                                   "a\\u0028",
                                   "a\xC3\xA9",
                                   std::string("a\0", 2),
                                   ".a",
                                   "a,b",
                                   "a=",
                                   "-a",
                                   std::string(129, 'a')};
  for (const GoodCall& call : GoodCalls()) {
    for (const std::string& callback : callbacks) {
      Form form = Fill(call);
      form.push_back({"callback", callback});
      EXPECT_EQ(Json(form), kOptionRefused) << call.type << " " << callback;
    }
  }
  EXPECT_TRUE(Everything() == before_);
}

// Whole forms in a multipart body, cut off anywhere: what is not whole is nothing.
TEST_F(HostileTest, MultipartBodiesThatAreCutOff) {
  const std::string type = "multipart/form-data; boundary=------------------------d74496";
  for (const GoodCall& call : GoodCalls()) {
    Renew();
    before_ = Everything();
    Form form = Credentials();
    const Form good = Fill(call);
    form.insert(form.end(), good.begin(), good.end());
    const std::string body = Multipart(form, "------------------------d74496");
    // The last line end may be missing: everything has been said before it.
    const size_t end = body.size() - 2;
    const size_t step = call.type == "customer_delete" ? 1 : std::max<size_t>(1, end / 13);
    for (size_t length = 0; length < end; length += step) {
      const auto response =
          world_.Send("POST", "/", {{"Content-Type", type}}, body.substr(0, length));
      EXPECT_NE(ErrorIn(response), "") << call.type << " after " << length << " bytes";
    }
    EXPECT_TRUE(Everything() == before_) << call.type;
  }
}

TEST_F(HostileTest, MultipartBombs) {
  before_ = Everything();
  const std::string code = WordOf("code");
  Form many = Credentials();
  many.insert(many.end(), {{"type", "customer_delete"}, {"code", code}});
  for (int i = 0; i < 5000; ++i) many.emplace_back("p" + std::to_string(i), "v");
  Form twice = Credentials();
  twice.insert(twice.end(), {{"type", "customer_delete"}, {"code", code}, {"code", "other"}});
  Form nested = Credentials();
  nested.insert(nested.end(), {{"type", "customer_delete"}, {"code", code}});
  std::string inner = Multipart(nested, "c");
  std::string headers;
  for (int i = 0; i < 5000; ++i) headers += "X-" + std::to_string(i) + ": y\r\n";
  const std::string bodies[] = {
      Multipart(many, "b"),
      Multipart(twice, "b"),
      "--b\r\n" + std::string(100'000, 'h') + ": x",
      "--b\r\nContent-Disposition: form-data; name=\"code[]\"\r\n\r\nkept\r\n--b--\r\n",
      "--b\r\nContent-Disposition: form-data; name=\"x\"\r\nContent-Type: multipart/mixed; "
      "boundary=c\r\n\r\n" +
          inner + "\r\n--b--\r\n",
      "--b\r\n" + headers + "Content-Disposition: form-data; name=\"code\"\r\n\r\n1\r\n--b--\r\n",
      "--b\r\nContent-Disposition: form-data; name=\"" + std::string(100'000, 'n') +
          "\"\r\n\r\nv\r\n--b--\r\n",
      "--b--\r\n",
      std::string(200'000, '-'),
      Replace(std::string(20'000, 'x'), "x", "--b\r\n"),
      std::string(1, '\0'),
      "",
  };
  for (const std::string& body : bodies) {
    const auto response =
        world_.Send("POST", "/", {{"Content-Type", "multipart/form-data; boundary=b"}}, body);
    EXPECT_EQ(response.status, 200);
    EXPECT_NE(ErrorIn(response), "") << body.substr(0, 100);
  }
  for (const std::string& type :
       {std::string("multipart/form-data; boundary="), std::string("multipart/form-data; boundary"),
        "multipart/form-data; boundary=" + std::string(1000, 'b'),
        std::string("multipart/form-data; boundary=b; boundary=c"),
        std::string("multipart/mixed; boundary=b"), std::string("application/xml")}) {
    const auto response =
        world_.Send("POST", "/", {{"Content-Type", type}}, Multipart(nested, "b"));
    EXPECT_NE(ErrorIn(response), "") << type.substr(0, 80);
  }
  EXPECT_TRUE(Everything() == before_);
}

TEST_F(HostileTest, EmptyHugeAndBrokenBatches) {
  before_ = Everything();
  std::string many;
  for (int i = 0; i < 50'000; ++i) many += "x" + std::to_string(i) + "\n";
  // In the last row: what comes before it is not stored.
  std::string late;
  for (int i = 0; i < 999; ++i) late += "y" + std::to_string(i) + "\n";
  const std::string card = WordOf("card");
  const std::string rows[] = {
      "",
      "\n\r\n\n",
      std::string(100'000, '\n'),
      std::string(100'000, ','),
      std::string(100'000, '"'),
      many,
      late + "*\n",
      late + std::string(300, 'z') + "\n",
      late + "\"a\x01\"\n",
  };
  for (const std::string& data : rows) {
    EXPECT_NE(ErrorOf({{"type", "customers_batch"},
                       {"profiles_data", data},
                       {"card_number", "1"},
                       {"campaigns_to_include", WordOf("points")}}),
              "")
        << data.substr(0, 40);
    EXPECT_NE(ErrorOf({{"type", "batch_transactions"},
                       {"Visits_Data", data},
                       {"campaign_id", WordOf("gift")}}),
              "")
        << data.substr(0, 40);
  }
  std::string visits;
  for (int i = 0; i < 99; ++i) visits += card + ",1\n";
  for (const char* last : {"nobody,1\n", "{card},-1\n", "{card},999999999999999\n", "{card},1e3\n",
                           "{card},1,x,2026-02-30\n"}) {
    EXPECT_EQ(ErrorOf({{"type", "batch_transactions"},
                       {"campaign_id", WordOf("gift")},
                       {"Visits_Data", visits + Replace(last, "{card}", card)}})
                  .substr(0, 9),
              "Row 100: ")
        << last;
  }
  EXPECT_TRUE(Everything() == before_);
}

TEST_F(HostileTest, LongListsInOneParameter) {
  before_ = Everything();
  std::string ids;
  while (ids.size() < 250) ids += WordOf("points") + ",";
  EXPECT_NE(ErrorOf({{"type", "record_customer"},
                     {"customer_action", "new"},
                     {"campaign_id", Replace(std::string(10'000, 'x'), "x", "1,")}}),
            "");
  EXPECT_NE(ErrorOf({{"type", "user_new"},
                     {"affected_user_id", "u"},
                     {"permissions", Replace(std::string(1000, 'x'), "x", "view,")}}),
            "");
  EXPECT_TRUE(Everything() == before_);
  // The same campaign many times is the one campaign.
  EXPECT_EQ(ErrorOf({{"type", "record_customer"},
                     {"customer_action", "new"},
                     {"code", "listed"},
                     {"campaign_id", ids}}),
            "");
  auto reader = world_.OpenStore("abc")->Read();
  EXPECT_EQ(customers::ListEnrollments(**reader, Stored("listed").head)->size(), 1U);
}

}  // namespace
}  // namespace oubli::dialects::stickystreet
