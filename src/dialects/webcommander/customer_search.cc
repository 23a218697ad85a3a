#include "dialects/webcommander/customer_search.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/countries.h"
#include "base/text.h"
#include "customers/customers.h"
#include "customers/definitions.h"
#include "customers/records.h"
#include "customers/search_index.h"

namespace oubli::dialects::webcommander {
namespace {

using customers::Address;
using customers::Customer;
using customers::Head;
using customers::OwnerKind;
using customers::Profile;
using customers::StoreView;

// Whether a field holds what a filter asks for. Empty fits nobody: a caller whose variable was
// empty must not be handed somebody to delete.
bool FitsFilter(std::string_view wanted, std::string_view text) {
  const std::string_view trimmed = Trim(wanted);
  return !trimmed.empty() && FoldCase(trimmed) == FoldCase(Trim(text));
}

bool SameCountry(std::string_view wanted, const Address& address) {
  const Country* country = FindCountry(wanted);
  if (country != nullptr && address.country_code == country->alpha2) return true;
  return FitsFilter(wanted, address.country) || FitsFilter(wanted, address.country_code);
}

// The customers that fit a filter, seen from one view.
class Matcher {
 public:
  Matcher(StoreView& view, const CustomerFilter& filter) : view_(view), filter_(filter) {}

  // REQUIRES: called once, before Fits(): looks the groups up.
  Status Prepare() {
    if (!filter_.customer_group) return {};
    OUBLI_TRY_ASSIGN(const auto groups, customers::ListGroups(view_));
    for (const customers::Group& group : groups) {
      if (FitsFilter(*filter_.customer_group, group.name) ||
          FitsFilter(*filter_.customer_group, std::to_string(group.id))) {
        group_ids_.push_back(group.id);
      }
    }
    return {};
  }

  Result<bool> Fits(const Customer& customer) {
    if (!FitsHeadAndProfile(customer)) return false;
    if (!NeedsAddresses()) return FitsPhones(customer.profile, {});
    OUBLI_TRY_ASSIGN(const auto addresses, customers::ListAddresses(view_, customer.head));
    return FitsPhones(customer.profile, addresses) && FitsPlaces(addresses);
  }

 private:
  bool NeedsAddresses() const {
    return filter_.phone || filter_.mobile || filter_.country || filter_.state || filter_.city ||
           filter_.post_code;
  }

  bool FitsHeadAndProfile(const Customer& customer) const {
    const Profile& profile = customer.profile;
    if (filter_.customer_group && std::find(group_ids_.begin(), group_ids_.end(),
                                            customer.head.group_id) == group_ids_.end()) {
      return false;
    }
    if (filter_.status && *filter_.status != profile.status) return false;
    if (filter_.company && !FitsFilter(*filter_.company, profile.company)) return false;
    if (filter_.email && !FitsFilter(*filter_.email, profile.email)) return false;
    return filter_.search.empty() || FitsSearch(profile);
  }

  bool FitsSearch(const Profile& profile) const {
    const std::string name = FullName(profile);
    for (std::string_view text : std::initializer_list<std::string_view>{
             name, profile.email, profile.company, profile.phone, profile.mobile}) {
      if (FoldCase(text).find(filter_.search) != std::string::npos) return true;
    }
    return false;
  }

  bool FitsPhones(const Profile& profile, const std::vector<Address>& addresses) const {
    const auto fits = [&](const std::string& wanted, std::string_view own,
                          std::string Address::*member) {
      return FitsFilter(wanted, own) ||
             std::any_of(addresses.begin(), addresses.end(), [&](const Address& address) {
               return FitsFilter(wanted, address.*member);
             });
    };
    if (filter_.phone && !fits(*filter_.phone, profile.phone, &Address::phone)) return false;
    return !filter_.mobile || fits(*filter_.mobile, profile.mobile, &Address::mobile);
  }

  // All that is asked about a place must be true of one and the same address.
  bool FitsPlaces(const std::vector<Address>& addresses) const {
    if (!filter_.country && !filter_.state && !filter_.city && !filter_.post_code) return true;
    return std::any_of(addresses.begin(), addresses.end(), [this](const Address& address) {
      if (filter_.country && !SameCountry(*filter_.country, address)) return false;
      if (filter_.state && !FitsFilter(*filter_.state, address.state) &&
          !FitsFilter(*filter_.state, address.state_code)) {
        return false;
      }
      if (filter_.city && !FitsFilter(*filter_.city, address.city)) return false;
      return !filter_.post_code || FitsFilter(*filter_.post_code, address.postal_code);
    });
  }

  StoreView& view_;
  const CustomerFilter& filter_;
  std::vector<int64_t> group_ids_;
};

bool SortsByProfile(SortField field) {
  switch (field) {
    case SortField::kCustomerId:
    case SortField::kInternalId:
    case SortField::kCreatedAt:
    case SortField::kUpdatedAt:
      return false;
    default:
      return true;
  }
}

// What a customer is sorted by; equal ones follow each other by id.
struct CustomerSortKey {
  int64_t number = 0;
  std::string text;
  Head head;

  bool operator<(const CustomerSortKey& other) const {
    return std::tie(number, text, head.id) < std::tie(other.number, other.text, other.head.id);
  }
};

int64_t SortNumber(SortField field, const Head& head) {
  switch (field) {
    case SortField::kInternalId:
      return InternalId(head);
    case SortField::kCreatedAt:
      return head.created_at;
    case SortField::kUpdatedAt:
      return head.modified_at;
    case SortField::kCustomerId:
      return head.id;
    default:
      return 0;
  }
}

std::string SortText(SortField field, const Profile& profile) {
  switch (field) {
    case SortField::kFirstName:
      return FoldCase(profile.first_name);
    case SortField::kLastName:
      return FoldCase(profile.last_name);
    case SortField::kName:
      return FoldCase(FullName(profile));
    case SortField::kEmail:
      return FoldCase(profile.email);
    case SortField::kCompanyName:
      return FoldCase(profile.company);
    case SortField::kStatus:
      return std::string(StatusName(profile.status));
    default:
      return "";
  }
}

struct Before {
  bool descending;
  bool operator()(const CustomerSortKey& a, const CustomerSortKey& b) const {
    return descending ? b < a : a < b;
  }
};

// Keeps the first offset + limit of what it is shown, so that memory does not grow with the store.
class Ranking {
 public:
  explicit Ranking(const ListQuery& query) : query_(query) {}

  void Add(CustomerSortKey key) {
    ++total_;
    const Before before{query_.descending};
    heap_.push_back(std::move(key));
    std::push_heap(heap_.begin(), heap_.end(), before);
    if (static_cast<int64_t>(heap_.size()) > query_.offset + query_.limit) {
      std::pop_heap(heap_.begin(), heap_.end(), before);
      heap_.pop_back();
    }
  }

  int64_t total() const { return total_; }

  // The heads of the page, in order. Call once, at the end.
  std::vector<Head> TakePage() {
    std::vector<Head> page;
    std::sort_heap(heap_.begin(), heap_.end(), Before{query_.descending});
    for (size_t i = static_cast<size_t>(query_.offset); i < heap_.size(); ++i) {
      page.push_back(heap_[i].head);
    }
    return page;
  }

 private:
  const ListQuery& query_;
  std::vector<CustomerSortKey> heap_;
  int64_t total_ = 0;
};

Status OpenRows(StoreView& view, const std::vector<Head>& heads, CustomerPage& page) {
  for (const Head& head : heads) {
    OUBLI_TRY_ASSIGN(auto customer, customers::OpenIfLiving(view, head));
    if (!customer) continue;
    OUBLI_TRY_ASSIGN(auto details, ReadDetails(view, *std::move(customer)));
    page.rows.push_back(std::move(details));
  }
  return {};
}

// All customers by ascending id: nobody is opened who is not on the page.
Result<CustomerPage> PageOfAll(StoreView& view, const ListQuery& query) {
  CustomerPage page;
  OUBLI_TRY_ASSIGN(page.total, customers::CountOwners(view, OwnerKind::kCustomer));
  std::vector<Head> heads;
  if (query.offset < page.total) {
    int64_t position = 0;
    OUBLI_TRY(customers::ForEachHead(view, OwnerKind::kCustomer, 0, [&](const Head& head) {
      if (position++ >= query.offset) heads.push_back(head);
      return static_cast<int64_t>(heads.size()) < query.limit;
    }));
  }
  OUBLI_TRY(OpenRows(view, heads, page));
  return page;
}

// So many head rows are passed over in less time than an index takes to be built.
constexpr int64_t kRowsPassedOver = 1000;

// In which order the index has what a list of all customers asks for; nothing when it does not, or
// when the front of the store will do.
std::optional<search::Order> OrderOfIndex(const ListQuery& query) {
  search::Order order;
  order.descending = query.descending;
  order.ids_descend_too = true;
  switch (query.sort) {
    case SortField::kCustomerId:
      if (!query.descending && query.offset <= kRowsPassedOver) return std::nullopt;
      return order;
    case SortField::kCreatedAt:
      order.by = search::Order::By::kCreated;
      return order;
    case SortField::kUpdatedAt:
      order.by = search::Order::By::kModified;
      return order;
    case SortField::kLastName:
      order.by = search::Order::By::kLastName;
      return order;
    default:
      return std::nullopt;
  }
}

// A page of all customers by the store's index in memory; nothing where there is none.
Result<std::optional<CustomerPage>> PageByIndex(StoreView& view, const ListQuery& query) {
  const auto order = OrderOfIndex(query);
  if (view.search() == nullptr || !order) return std::nullopt;
  search::Window window;
  window.limit = query.limit;
  window.offset = query.offset;
  const auto found = view.search()->Find({}, *order, window);
  if (!found) return std::nullopt;
  CustomerPage page;
  page.total = found->total;
  std::vector<Head> heads;
  for (const search::Place& place : found->rows) {
    OUBLI_TRY_ASSIGN(const auto head, customers::FindHead(view, OwnerKind::kCustomer, place.id));
    if (head) heads.push_back(*head);
  }
  OUBLI_TRY(OpenRows(view, heads, page));
  return page;
}

// All customers, sorted by what the head row says.
Status RankHeads(StoreView& view, const ListQuery& query, Ranking& ranking) {
  return customers::ForEachHead(view, OwnerKind::kCustomer, 0, [&](const Head& head) {
    ranking.Add({SortNumber(query.sort, head), "", head});
    return true;
  });
}

Status RankCustomers(StoreView& view, const ListQuery& query, Ranking& ranking) {
  Matcher matcher(view, query.filter);
  OUBLI_TRY(matcher.Prepare());
  Status failed;
  const auto visit = [&](const Customer& customer) {
    const Result<bool> fits = matcher.Fits(customer);
    if (!fits) {
      failed = Fail(fits.error());
      return false;
    }
    if (*fits) {
      ranking.Add({SortNumber(query.sort, customer.head), SortText(query.sort, customer.profile),
                   customer.head});
    }
    return true;
  };
  if (query.filter.email) {
    // There is at most one with that address.
    OUBLI_TRY_ASSIGN(const auto found, customers::FindCustomerByEmail(view, *query.filter.email));
    if (found) visit(*found);
    return failed;
  }
  OUBLI_TRY(customers::ForEachCustomer(view, 0, visit));
  return failed;
}

}  // namespace

Result<CustomerPage> FindPage(StoreView& view, const ListQuery& query) {
  const bool all = query.filter.empty();
  if (all) {
    OUBLI_TRY_ASSIGN(auto page, PageByIndex(view, query));
    if (page) return *std::move(page);
  }
  if (all && query.sort == SortField::kCustomerId && !query.descending) {
    return PageOfAll(view, query);
  }
  Ranking ranking(query);
  if (all && !SortsByProfile(query.sort)) {
    OUBLI_TRY(RankHeads(view, query, ranking));
  } else {
    OUBLI_TRY(RankCustomers(view, query, ranking));
  }
  CustomerPage page;
  page.total = ranking.total();
  OUBLI_TRY(OpenRows(view, ranking.TakePage(), page));
  return page;
}

}  // namespace oubli::dialects::webcommander
