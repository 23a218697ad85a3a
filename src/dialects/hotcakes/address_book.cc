#include "dialects/hotcakes/address_book.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/countries.h"
#include "base/text.h"
#include "crypto/random.h"
#include "dialects/hotcakes/country_bvins.h"

namespace oubli::dialects::hotcakes {
namespace {

using customers::Address;
using customers::AddressRole;

// What this dialect alone knows of an address.
constexpr const char* kBvin = "hotcakes.bvin";  // not there: null
constexpr const char* kCountryBvin = "hotcakes.country_bvin";
constexpr const char* kLastUpdated = "hotcakes.last_updated";  // there: this dialect wrote it
constexpr const char* kPosition =
    "hotcakes.position";  // in the book, where that is not the ids' order
constexpr const char* kStoreId = "hotcakes.store_id";
constexpr const char* kType = "hotcakes.type";
constexpr const char* kUserBvin = "hotcakes.user_bvin";

constexpr int64_t kNoPosition = std::numeric_limits<int64_t>::max();

// What both sides keep as it is. RegionBvin, CountryBvin and the ids need more than a copy.
struct SharedField {
  std::string AddressDto::*dto;
  std::string Address::*address;
};
constexpr SharedField kShared[] = {
    {&AddressDto::nick_name, &Address::nick_name},
    {&AddressDto::first_name, &Address::first_name},
    {&AddressDto::middle_initial, &Address::middle_initial},
    {&AddressDto::last_name, &Address::last_name},
    {&AddressDto::company, &Address::company},
    {&AddressDto::line1, &Address::line1},
    {&AddressDto::line2, &Address::line2},
    {&AddressDto::line3, &Address::line3},
    {&AddressDto::city, &Address::city},
    {&AddressDto::postal_code, &Address::postal_code},
    {&AddressDto::phone, &Address::phone},
    {&AddressDto::fax, &Address::fax},
    {&AddressDto::web_site_url, &Address::website},
};

std::string_view Extra(const Address& address, const char* name) {
  const auto found = address.extra.find(name);
  return found == address.extra.end() ? std::string_view() : std::string_view(found->second);
}

int64_t ExtraNumber(const Address& address, const char* name, int64_t fallback) {
  return ParseInt(Extra(address, name)).value_or(fallback);
}

void SetExtra(Address& address, const char* name, std::string value, bool is_default) {
  if (is_default) {
    address.extra.erase(name);
  } else {
    address.extra[name] = std::move(value);
  }
}

// As it was posted, unless another dialect has moved the address to another country since.
std::string CountryBvin(const Address& address) {
  const std::string_view posted = Extra(address, kCountryBvin);
  if (address.country_code.empty() || CountryCodeOf(posted) == address.country_code)
    return std::string(posted);
  return CountryBvinOf(address.country_code);
}

// An address that another dialect made still needs an id here, to be known by when it comes back.
std::string MadeBvin(int64_t id) { return fmt::format("00000000-0000-4000-9000-{:012x}", id); }

bool HasRole(const Address& address, int64_t role) { return (address.roles & role) != 0; }

std::vector<const Address*> BookOf(const std::vector<Address>& addresses) {
  std::vector<const Address*> book;
  for (const Address& address : addresses) {
    if (HasRole(address, AddressRole::kBook)) book.push_back(&address);
  }
  std::sort(book.begin(), book.end(), [](const Address* a, const Address* b) {
    return std::make_pair(ExtraNumber(*a, kPosition, kNoPosition), a->id) <
           std::make_pair(ExtraNumber(*b, kPosition, kNoPosition), b->id);
  });
  return book;
}

// The addresses of one customer while they are being replaced.
class Replacement {
 public:
  Replacement(customers::StoreTransaction& transaction, const customers::Head& owner,
              std::vector<Address> addresses)
      : transaction_(transaction), owner_(owner), before_(addresses), now_(std::move(addresses)) {}

  Status ReplaceBook(const std::vector<AddressDto>& posted) {
    const std::vector<Address*> known = MatchBook(posted);
    const bool keep_order = NeedsPositions(known);
    std::unordered_set<const Address*> kept(known.begin(), known.end());
    for (Address& address : now_) {
      if (HasRole(address, AddressRole::kBook) && !kept.contains(&address))
        OUBLI_TRY(DropRole(address, AddressRole::kBook));
    }
    for (size_t i = 0; i < posted.size(); ++i) {
      const std::string position = keep_order ? std::to_string(i) : "";
      if (known[i] == nullptr) {
        OUBLI_TRY(Insert(Address(), AddressRole::kBook, posted[i], position));
      } else if (!SameInput(ToDto(*known[i]), posted[i]) ||
                 Extra(*known[i], kPosition) != position) {
        OUBLI_TRY(Change(*known[i], posted[i], position));
      }
    }
    return {};
  }

  Status ReplaceRole(int64_t role, const AddressDto& posted) {
    const auto has_role = [role](const Address& address) { return HasRole(address, role); };
    const auto current = std::find_if(now_.begin(), now_.end(), has_role);
    if (current == now_.end()) {
      return IsBlank(posted) ? Status() : Insert(Address(), role, posted, "");
    }
    if (IsBlank(posted)) return DropRole(*current, role);
    if (SameInput(ToDto(*current), posted)) return {};
    if (current->roles == role) return Change(*current, posted, "");
    // Its other roles keep the address as it is; this one gets a copy to change.
    Address copy = before_[static_cast<size_t>(current - now_.begin())];
    OUBLI_TRY(DropRole(*current, role));
    copy.id = 0;
    copy.created_at = 0;
    copy.import_ref.clear();
    return Insert(std::move(copy), role, posted, "");
  }

 private:
  // For each posted address the one of the book that it is, or nullptr. An id says more than the
  // content, and the content more than the place.
  std::vector<Address*> MatchBook(const std::vector<AddressDto>& posted) {
    std::unordered_multimap<std::string, Address*> by_bvin, by_content;
    for (Address& address : now_) {
      if (!HasRole(address, AddressRole::kBook)) continue;
      const AddressDto dto = ToDto(address);
      if (dto.bvin && !dto.bvin->empty()) by_bvin.emplace(AsciiLower(*dto.bvin), &address);
      by_content.emplace(SamenessKey(dto), &address);
    }
    std::vector<Address*> known(posted.size(), nullptr);
    std::unordered_set<const Address*> taken;
    const auto take = [&](const auto& index, const std::string& key, Address*& match) {
      const auto [begin, end] = index.equal_range(key);
      // Of several the oldest, so that ids do not wander.
      for (auto entry = begin; entry != end; ++entry) {
        if (taken.contains(entry->second)) continue;
        if (match == nullptr || entry->second->id < match->id) match = entry->second;
      }
      if (match != nullptr) taken.insert(match);
    };
    for (size_t i = 0; i < posted.size(); ++i) {
      const std::string bvin = AsciiLower(posted[i].bvin.value_or(""));
      if (!bvin.empty()) take(by_bvin, bvin, known[i]);
    }
    for (size_t i = 0; i < posted.size(); ++i) {
      if (known[i] == nullptr) take(by_content, SamenessKey(posted[i]), known[i]);
    }
    MatchByPlace(posted, known, taken);
    return known;
  }

  // What this dialect makes has no id unless the caller gives one. Such an address that has changed
  // in its place is still the same, with what the others have added to it.
  void MatchByPlace(const std::vector<AddressDto>& posted, std::vector<Address*>& known,
                    std::unordered_set<const Address*>& taken) {
    const std::vector<const Address*> book = BookOf(now_);
    if (book.size() != posted.size()) return;
    for (size_t i = 0; i < posted.size(); ++i) {
      const bool has_id = !posted[i].bvin.value_or("").empty() || !Extra(*book[i], kBvin).empty();
      if (known[i] != nullptr || has_id || taken.contains(book[i])) continue;
      known[i] = &now_[static_cast<size_t>(book[i] - now_.data())];
      taken.insert(book[i]);
    }
  }

  // Whether the order of the ids is not the order of the posted addresses.
  static bool NeedsPositions(const std::vector<Address*>& known) {
    int64_t last = 0;
    for (const Address* address : known) {
      const int64_t id = address == nullptr ? kNoPosition : address->id;
      if (id < last || (address != nullptr && address->extra.contains(kPosition))) return true;
      last = id;
    }
    return false;
  }

  Status Insert(Address address, int64_t role, const AddressDto& posted,
                const std::string& position) {
    Apply(posted, address);
    address.roles = role;
    SetExtra(address, kPosition, position, position.empty());
    return customers::PutAddress(transaction_, owner_, std::move(address)).map([](const Address&) {
    });
  }

  Status Change(Address& address, const AddressDto& posted, const std::string& position) {
    Apply(posted, address);
    SetExtra(address, kPosition, position, position.empty());
    OUBLI_TRY_ASSIGN(address, customers::PutAddress(transaction_, owner_, address));
    return {};
  }

  Status DropRole(Address& address, int64_t role) {
    address.roles &= ~role;
    if (address.roles == 0)
      return customers::DeleteAddress(transaction_, owner_, address.id).map([](bool) {});
    if (role == AddressRole::kBook) address.extra.erase(kPosition);
    OUBLI_TRY_ASSIGN(address, customers::PutAddress(transaction_, owner_, address));
    return {};
  }

  customers::StoreTransaction& transaction_;
  const customers::Head& owner_;
  const std::vector<Address> before_;
  std::vector<Address> now_;  // what was inserted meanwhile is not in here
};

}  // namespace

AddressDto ToDto(const Address& address) {
  AddressDto dto;
  for (const SharedField& field : kShared) dto.*field.dto = address.*field.address;
  if (address.extra.contains(kBvin)) {
    dto.bvin = std::string(Extra(address, kBvin));
  } else if (!address.extra.contains(kLastUpdated)) {
    dto.bvin = MadeBvin(address.id);
  }
  dto.last_updated = ExtraNumber(address, kLastUpdated, address.modified_at);
  dto.store_id = ExtraNumber(address, kStoreId, 0);
  dto.address_type = ExtraNumber(address, kType, 0);
  dto.user_bvin = std::string(Extra(address, kUserBvin));
  dto.region_bvin = address.state_code;
  dto.region_name = address.state;
  dto.country_bvin = CountryBvin(address);
  const Country* country = FindCountryByAlpha2(address.country_code);
  dto.country_name = country == nullptr ? address.country : std::string(country->name);
  return dto;
}

void Apply(const AddressDto& dto, Address& address) {
  for (const SharedField& field : kShared) address.*field.address = dto.*field.dto;
  if (address.state_code != dto.region_bvin) {
    address.state_code = dto.region_bvin;
    address.state.clear();  // the name of another region
  }
  if (CountryBvin(address) != dto.country_bvin) {
    address.country_code = CountryCodeOf(dto.country_bvin);
    address.country.clear();
    SetExtra(address, kCountryBvin, dto.country_bvin,
             dto.country_bvin.empty() || dto.country_bvin == CountryBvinOf(address.country_code));
  }
  if (dto.bvin) {
    address.extra[kBvin] = *dto.bvin;
  } else {
    address.extra.erase(kBvin);
  }
  address.extra[kLastUpdated] = std::to_string(dto.last_updated);
  SetExtra(address, kStoreId, std::to_string(dto.store_id), dto.store_id == 0);
  SetExtra(address, kType, std::to_string(dto.address_type), dto.address_type == 0);
  SetExtra(address, kUserBvin, dto.user_bvin, dto.user_bvin.empty());
}

void FillAddresses(const std::vector<Address>& addresses, AccountDto& account) {
  account.billing_address.last_updated = account.last_updated;
  account.shipping_address.last_updated = account.last_updated;
  for (const Address* address : BookOf(addresses)) account.addresses.push_back(ToDto(*address));
  for (const Address& address : addresses) {
    if (HasRole(address, AddressRole::kBilling)) account.billing_address = ToDto(address);
    if (HasRole(address, AddressRole::kShipping)) account.shipping_address = ToDto(address);
  }
}

Status AddToBook(customers::StoreTransaction& transaction, const customers::Head& owner,
                 const std::vector<AddressDto>& posted) {
  if (posted.empty()) return {};
  OUBLI_TRY_ASSIGN(const auto addresses, customers::ListAddresses(transaction, owner));
  std::unordered_set<std::string> known;
  for (const Address* address : BookOf(addresses)) known.insert(SamenessKey(ToDto(*address)));
  for (AddressDto dto : posted) {
    if (!known.insert(SamenessKey(dto)).second) continue;
    dto.bvin = crypto::RandomUuid();
    Address address;
    Apply(dto, address);
    OUBLI_TRY(customers::PutAddress(transaction, owner, std::move(address)));
  }
  return {};
}

Status ReplaceAddresses(customers::StoreTransaction& transaction, const customers::Head& owner,
                        const AccountDto& account) {
  OUBLI_TRY_ASSIGN(auto addresses, customers::ListAddresses(transaction, owner));
  Replacement replacement(transaction, owner, std::move(addresses));
  OUBLI_TRY(replacement.ReplaceBook(account.addresses));
  OUBLI_TRY(replacement.ReplaceRole(AddressRole::kBilling, account.billing_address));
  return replacement.ReplaceRole(AddressRole::kShipping, account.shipping_address);
}

}  // namespace oubli::dialects::hotcakes
