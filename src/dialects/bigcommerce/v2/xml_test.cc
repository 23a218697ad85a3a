// XML as nobody in good faith sends it, and as it is written.
#include "dialects/bigcommerce/v2/xml.h"

#include <gtest/gtest.h>

#include <random>

#include "base/json.h"
#include "dialects/bigcommerce/v2/v2_fixture.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

// As JSON, or the error's text.
std::string Read(const std::string& text) {
  const auto value = ReadXml(text, "customer", Choices());
  if (!value) return value.error().text;
  std::string out;
  JsonWriter writer(out);
  WriteJson(writer, *value);
  return out;
}

std::string Invalid(const std::string& reason) { return "The XML is not valid: " + reason; }

TEST(XmlTest, ReadsWhatIsWellFormed) {
  EXPECT_EQ(Read("<customer/>"), "{}");
  EXPECT_EQ(Read("\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?>\n<customer>\n</customer>\n"),
            "{}");
  EXPECT_EQ(Read("<customer><a>1</a><b/><c><d> x </d></c></customer>"),
            R"({"a":"1","b":"","c":{"d":" x "}})");
  EXPECT_EQ(Read("<customer><a> </a></customer>"), R"({"a":" "})");
  EXPECT_EQ(Read("<customer a='1'><!-- c --><?pi x?><a b=\"2\">x<!-- c -->y</a></customer>"),
            R"({"a":"xy"})");
  EXPECT_EQ(Read("<customer><a>&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;</a></customer>"),
            R"({"a":"<>&\"'A😀"})");
  EXPECT_EQ(Read("<customer><a><![CDATA[<b>&amp;]]>&amp;<![CDATA[]]></a></customer>"),
            R"({"a":"<b>&amp;&"})");
  EXPECT_EQ(Read("<customer><a>NULL</a></customer>"), R"({"a":"NULL"})") << "Mr. Null has a name";
  EXPECT_EQ(Read("<customer><categories><value>1</value></categories>"
                 "<discount_rules/><form_fields> </form_fields></customer>"),
            R"({"categories":["1"],"discount_rules":[],"form_fields":[]})");
  EXPECT_EQ(Read("<customer><a>x\r\ny</a></customer>"), "{\"a\":\"x\\ny\"}");
}

TEST(XmlTest, RefusesTheRest) {
  for (const std::string text :
       {"",
        " ",
        "nonsense",
        "<customer>",
        "</customer>",
        "<customer></custom>",
        "<customer",
        "<customer><a></customer>",
        "<customer><a>&nbsp;</a></customer>",
        "<customer><a>&</a></customer>",
        "<customer><a>&#0;</a></customer>",
        "<customer><a>&#xD800;</a></customer>",
        "<customer><a>&#x110000;</a></customer>",
        "<customer><a>&#99999999999999;</a></customer>",
        "<customer><a>&#;</a></customer>",
        "<customer><a>&#x;</a></customer>",
        "<customer><a>&#-1;</a></customer>",
        "<customer/><customer/>",
        "<customer/>text",
        "text<customer/>",
        "<customer/><![CDATA[text]]>",
        "<customer>text</customer>",
        "<customer><a>text<b/></a></customer>",
        "<customer><a>1</a><a>2</a></customer>",
        "<customer><categories>7</categories></customer>",
        "<other/>",
        "<Customer/>",
        "<customer><a>\x01</a></customer>",
        "<customer><a>\xff</a></customer>",
        "<customer><a>\xed\xa0\x80</a></customer>",
        "<customer><a>\xef\xbf\xbf</a></customer>",
        "<?xml version='1.0' encoding='ISO-8859-1'?><customer/>",
        "<?xml version='1.0' encoding='UTF-16'?><customer/>",
        "{\"customer\":{}}",
        "<!DOCTYPE customer><customer/>",
        "<!DOCTYPE customer [<!ENTITY a \"b\">]><customer><a>&a;</a></customer>",
        "<!DOCTYPE customer SYSTEM \"file:///etc/passwd\"><customer/>",
        "<!DOCTYPE c [<!ENTITY % x SYSTEM \"http://127.0.0.1/\"> %x;]><customer/>",
        "<!DOCTYPE c [<!ENTITY x SYSTEM "
        "\"file:///etc/passwd\">]><customer><a>&x;</a></customer>"}) {
    EXPECT_TRUE(Read(text).starts_with("The XML is not valid: ")) << text << "\n" << Read(text);
  }
  EXPECT_EQ(Read(std::string("<customer><a>\0</a></customer>", 28)),
            Invalid("characters that XML or UTF-8 does not have"));
  EXPECT_EQ(Read("\xff\xfe<\0c\0"), Invalid("characters that XML or UTF-8 does not have"));
  EXPECT_EQ(Read("<!DOCTYPE customer><customer/>"), Invalid("document types are not taken"));
  EXPECT_EQ(Read("<customer><a>&a;</a></customer>"), Invalid("an entity that is not XML's own"));
}

TEST(XmlTest, BombsAreRefusedAtOnce) {
  std::string laughs = "<!DOCTYPE lolz [<!ENTITY lol0 \"lol\">";
  for (int i = 1; i < 20; ++i) {
    const std::string before = "&lol" + std::to_string(i - 1) + ";";
    std::string ten;
    for (int j = 0; j < 10; ++j) ten += before;
    laughs += "<!ENTITY lol" + std::to_string(i) + " \"" + ten + "\">";
  }
  laughs += "]><customer><a>&lol19;</a></customer>";
  EXPECT_EQ(Read(laughs), Invalid("document types are not taken"));

  const auto nested = [](size_t depth) {
    std::string text = "<customer>";
    for (size_t i = 0; i < depth; ++i) text += "<a>";
    for (size_t i = 0; i < depth; ++i) text += "</a>";
    return text + "</customer>";
  };
  EXPECT_EQ(Read(nested(17)), Invalid("nested too deeply"));
  EXPECT_EQ(Read(nested(100'000)), Invalid("nested too deeply"));
  EXPECT_TRUE(Read(nested(15)).starts_with("{"));

  const std::string large = "<customer><a>" + std::string(1024 * 1024, 'x') + "</a></customer>";
  const auto refused = ReadXml(large, "customer", Choices());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kTooMany);
  std::string wide = "<customer>";
  while (wide.size() < 1'000'000) wide += "<a/>";
  EXPECT_EQ(Read(wide + "</customer>"), Invalid("an element that is there twice"));
  EXPECT_FALSE(ReadXml(std::string(1'000'000, '<'), "customer", Choices()));
  EXPECT_FALSE(ReadXml("<!DOCTYPE a " + std::string(500'000, '['), "customer", Choices()));
}

TEST(XmlTest, AnyRootWhereThatIsTheChoice) {
  Choices choices;
  choices.check_xml_root = false;
  EXPECT_TRUE(ReadXml("<root><a>1</a></root>", "customer", choices));
}

TEST(XmlTest, MutationsNeverDoMoreThanFail) {
  const std::string good =
      "<?xml version=\"1.0\"?><customer a=\"1\"><first_name>J&amp;&#65;</first_name>"
      "<![CDATA[]]><_authentication><password>x</password></_authentication><!-- c --></customer>";
  std::mt19937 random(7);
  const std::string bytes =
      "<>&;!?[]-/\"'= \x01\xff\xc3"
      "Aa#x";
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = good;
    for (int j = static_cast<int>(random() % 4); j >= 0; --j) {
      const size_t at = random() % text.size();
      if (random() % 3 == 0) {
        text.erase(at, 1 + random() % 8);
      } else {
        text[at] = bytes[random() % bytes.size()];
      }
    }
    read += ReadXml(text, "customer", Choices()).has_value() ? 1 : 0;
  }
  EXPECT_GT(read, 0);
  EXPECT_LT(read, 20'000);
}

TEST(XmlTest, WritesWhatXmlCanHold) {
  boost::json::object object;
  object["a"] = "<&>\"'";
  object["b"] = boost::json::string("x\x01\x00y\xef\xbf\xbf", 7);
  object["c"] = nullptr;
  object["d"] = {1, 2};
  object["e"] = true;
  EXPECT_EQ(WriteXml("customer", object),
            std::string(kXmlStart) +
                "<customer><a>&lt;&amp;&gt;\"'</a><b>x\xef\xbf\xbd\xef\xbf\xbdy\xef\xbf\xbd</b>"
                "<c>NULL</c><d><value>1</value><value>2</value></d><e>true</e></customer>");
  EXPECT_EQ(WriteXml("customers", boost::json::array()),
            std::string(kXmlStart) + "<customers></customers>");
}

TEST_F(V2Test, HostileXmlChangesNothing) {
  Create("a@example.com");
  const std::string before = Ask("GET", "/customers").body;
  for (const std::string body :
       {"<!DOCTYPE c [<!ENTITY x \"y\">]><customer><notes>&x;</notes></customer>",
        "<customer><notes>x</notes>", "<address><notes>x</notes></address>",
        "<customer><notes>x</notes><id>5</id></customer>",
        "<customer><notes><b>x</b></notes></customer>"}) {
    EXPECT_EQ(AskXml("PUT", "/customers/1", body).status, 400) << body;
  }
  const auto large =
      AskXml("PUT", "/customers/1",
             "<customer><notes>" + std::string(1024 * 1024, 'x') + "</notes></customer>");
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(large.body, std::string(kXmlStart) +
                            "<errors><error><status>413</status><message>The XML is longer than 1 "
                            "MiB.</message></error></errors>");
  EXPECT_EQ(Ask("GET", "/customers").body, before);
}

}  // namespace
}  // namespace oubli::dialects::bigcommerce::v2
