#include "dialects/bigcommerce/v2/format.h"

#include <string>

#include "base/decimal.h"
#include "base/text.h"
#include "dialects/bigcommerce/errors.h"

namespace oubli::dialects::bigcommerce::v2 {
namespace {

constexpr std::string_view kXmlContentType = "application/xml";

// The weight of one range of an Accept header, 1 when it has none (or none that reads).
Decimal WeightOf(std::string_view parameters) {
  for (const std::string_view parameter : Split(parameters, ';')) {
    const std::string_view pair = Trim(parameter);
    if (pair.size() < 2 || (pair[0] != 'q' && pair[0] != 'Q') || pair[1] != '=') continue;
    return Decimal::Parse(Trim(pair.substr(2))).value_or(Decimal::FromInt(1));
  }
  return Decimal::FromInt(1);
}

// What an Accept header says, sorted by how much it means it.
struct Wishes {
  std::optional<Format> plain;     // the first one named without a weight
  std::optional<Format> weighted;  // the heaviest of the others
  Decimal weight;
  bool anything = false;
  bool not_json = false, not_xml = false;  // with the weight 0

  void Add(std::string_view media, Decimal weight_of_it) {
    const bool zero = weight_of_it <= Decimal();
    if (media == "*/*" || media == "*" || EqualsIgnoreCase(media, "application/*")) {
      anything |= !zero;
      return;
    }
    const bool is_xml = EqualsIgnoreCase(media, kXmlContentType);
    if (!is_xml && !EqualsIgnoreCase(media, kJsonContentType)) return;
    if (zero) {
      (is_xml ? not_xml : not_json) = true;
      return;
    }
    const Format format = is_xml ? Format::kXml : Format::kJson;
    if (weight_of_it >= Decimal::FromInt(1)) {
      if (!plain) plain = format;
    } else if (!weighted || weight_of_it > weight) {
      weighted = format;
      weight = weight_of_it;
    }
  }
};

}  // namespace

std::optional<Format> ChooseFormat(const http::Request& request, PathSuffix suffix) {
  const std::string* accept = request.FindHeader("Accept");
  Wishes wishes;
  if (accept == nullptr || Trim(*accept).empty()) {
    wishes.anything = true;
  } else {
    for (const std::string_view range : Split(*accept, ',')) {
      const size_t semicolon = range.find(';');
      wishes.Add(Trim(range.substr(0, semicolon)), semicolon == std::string_view::npos
                                                       ? Decimal::FromInt(1)
                                                       : WeightOf(range.substr(semicolon + 1)));
    }
  }
  if (wishes.plain) return wishes.plain;
  if (suffix == PathSuffix::kJson) return Format::kJson;
  if (suffix == PathSuffix::kXml) return Format::kXml;
  if (wishes.weighted) return wishes.weighted;
  if (!wishes.anything) return std::nullopt;
  if (!wishes.not_json) return Format::kJson;
  return wishes.not_xml ? std::nullopt : std::optional(Format::kXml);
}

std::string_view ContentType(Format format) {
  return format == Format::kXml ? kXmlContentType : kJsonContentType;
}

}  // namespace oubli::dialects::bigcommerce::v2
