// generate_time_token and validate_time_token (contract, 3.4): a text that the server knows again
// for a while. It holds when it ends and a keyed hash over that; nothing is stored of it.
#include <utility>

#include "base/date_time.h"
#include "base/text.h"
#include "crypto/random.h"
#include "crypto/secret_hash.h"
#include "customers/definitions.h"
#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/errors.h"
#include "dialects/stickystreet/values.h"

namespace oubli::dialects::stickystreet {
namespace {

// In minutes.
constexpr int64_t kDefaultInterval = 60;
constexpr int64_t kMaxInterval = int64_t{365} * 24 * 60;
constexpr int64_t kMinuteMs = 60'000;
constexpr const char* kKeySetting = "stickystreet time token key";

std::string MacOf(const std::string& key_hex, const std::string& ends) {
  // The setting is hexadecimal, a key 32 bytes: its hash.
  const crypto::Key key = crypto::Key::FromBytes(crypto::HashSecret(key_hex));
  const std::string mac = crypto::BlindToken(key, "time token", ends);
  return HexEncode({reinterpret_cast<const uint8_t*>(mac.data()), mac.size()});
}

Result<std::string> EnsureKey(customers::StoreTransaction& transaction) {
  OUBLI_TRY_ASSIGN(std::string key, customers::ReadSetting(transaction, kKeySetting));
  if (!key.empty()) return key;
  key = crypto::RandomHex(64);
  OUBLI_TRY(customers::WriteSetting(transaction, kKeySetting, key));
  return key;
}

Result<Node> CheckToken(const Call& call) {
  const std::string_view token = call.fields.Get("token");
  const size_t dot = token.find('-');
  if (dot == std::string_view::npos) return Refuse(kBadToken);
  const std::string ends(token.substr(0, dot));
  const auto ends_at = IsDigits(ends) ? ParseInt(ends) : std::nullopt;
  OUBLI_TRY_ASSIGN(customers::StoreReader reader, call.store.Read());
  OUBLI_TRY_ASSIGN(const std::string key, customers::ReadSetting(*reader, kKeySetting));
  if (!ends_at || key.empty()) return Refuse(kBadToken);
  if (!crypto::ConstantTimeEqual(MacOf(key, ends), token.substr(dot + 1))) {
    return Refuse(kBadToken);
  }
  if (reader->now_ms() >= *ends_at) return Refuse(kBadToken);
  return Success();
}

}  // namespace

void GenerateTimeToken(const Call& call) {
  const auto minutes =
      ReadWhole(call.fields.Get("token_interval"), 1, kMaxInterval, kDefaultInterval);
  if (!minutes) return call.reply(Fail(minutes.error()));
  call.store.Write(
      [minutes = *minutes](customers::StoreTransaction& transaction) -> Result<Node> {
        OUBLI_TRY_ASSIGN(const std::string key, EnsureKey(transaction));
        const int64_t ends_at = transaction.now_ms() + minutes * kMinuteMs;
        const std::string ends = std::to_string(ends_at);
        return Success()
            .Add("token", ends + "-" + MacOf(key, ends))
            .Add("expires", FormatDateTime(ends_at));
      },
      [reply = call.reply](const Result<Node>& outcome) { reply(outcome); });
}

void ValidateTimeToken(const Call& call) { call.reply(CheckToken(call)); }

}  // namespace oubli::dialects::stickystreet
