#include "access/administrators.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/password.h"

namespace oubli::access {
namespace {

constexpr size_t kMinPassword = 10;
constexpr size_t kMaxPassword = 255;

#define OUBLI_ADMINISTRATOR_COLUMNS \
  "SELECT id, name, created_at, password_version, password_hash, superuser FROM administrator "
constexpr const char* kByName = OUBLI_ADMINISTRATOR_COLUMNS "WHERE name = $1";
constexpr const char* kById = OUBLI_ADMINISTRATOR_COLUMNS "WHERE id = $1";
constexpr const char* kAll = OUBLI_ADMINISTRATOR_COLUMNS "ORDER BY name";

struct AdministratorRow {
  Administrator administrator;
  std::string password_hash;
};

Status CheckPassword(std::string_view password) {
  if (!IsValidUtf8(password)) return Fail(ErrorKind::kInvalid, "the password is not UTF-8");
  const size_t length = CodePoints(password);
  if (length < kMinPassword || length > kMaxPassword) {
    return Fail(ErrorKind::kInvalid, "a password has 10 to 255 characters", "password");
  }
  return {};
}

Status ReadStores(storage::Connection& connection, Administrator& administrator) {
  OUBLI_TRY_ASSIGN(auto select,
                   connection.Prepare("SELECT store_number FROM administrator_store WHERE "
                                      "administrator_id = $1 ORDER BY store_number"));
  select->Bind(1, administrator.id);
  while (true) {
    OUBLI_TRY_ASSIGN(const bool more, select->Step());
    if (!more) return {};
    administrator.stores.push_back(select->Int(0));
  }
}

// Reads the row that the statement stands on.
AdministratorRow TakeRow(const storage::Statement& select) {
  AdministratorRow row;
  row.administrator.id = select.Int(0);
  row.administrator.name = select.Text(1);
  row.administrator.created_at = select.Int(2);
  row.administrator.password_version = select.Int(3);
  row.password_hash = select.Text(4);
  row.administrator.superuser = select.Int(5) == 1;
  return row;
}

Result<std::optional<AdministratorRow>> FindByName(storage::Connection& connection,
                                                   std::string_view name) {
  OUBLI_TRY_ASSIGN(auto select, connection.Prepare(kByName));
  select->BindText(1, name);
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  if (!found) return std::nullopt;
  AdministratorRow row = TakeRow(*select);
  OUBLI_TRY(ReadStores(connection, row.administrator));
  return row;
}

Result<AdministratorRow> RequireByName(storage::Connection& connection, std::string_view name) {
  OUBLI_TRY_ASSIGN(auto row, FindByName(connection, name));
  if (!row) return Fail(ErrorKind::kNotFound, "there is no administrator of that name", "name");
  return std::move(*row);
}

Result<int64_t> StoreNumber(storage::Connection& connection, std::string_view handle) {
  OUBLI_TRY_ASSIGN(auto select, connection.Prepare("SELECT number FROM store WHERE handle = $1"));
  select->BindText(1, handle);
  OUBLI_TRY_ASSIGN(const bool found, select->Step());
  if (!found) return Fail(ErrorKind::kNotFound, "there is no such store", "store");
  return select->Int(0);
}

Status Insert(storage::Connection& connection, const Administrator& administrator,
              std::string_view hash) {
  OUBLI_TRY_ASSIGN(auto insert,
                   connection.Prepare("INSERT INTO administrator (id, name, created_at, "
                                      "password_version, password_hash, superuser) VALUES ($1, "
                                      "$2, $3, $4, $5, $6)"));
  insert->Bind(1, administrator.id).BindText(2, administrator.name);
  insert->Bind(3, administrator.created_at).Bind(4, administrator.password_version);
  insert->BindText(5, hash).Bind(6, administrator.superuser ? 1 : 0);
  OUBLI_TRY(insert->Step());
  for (const int64_t store : administrator.stores) {
    OUBLI_TRY_ASSIGN(auto link,
                     connection.Prepare("INSERT INTO administrator_store (administrator_id, "
                                        "store_number) VALUES ($1, $2)"));
    link->Bind(1, administrator.id).Bind(2, store);
    OUBLI_TRY(link->Step());
  }
  return {};
}

}  // namespace

bool Administrator::MaySee(int64_t store_number) const {
  return superuser || std::ranges::find(stores, store_number) != stores.end();
}

bool IsValidAdministratorName(std::string_view name) {
  const auto is_alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  if (name.empty() || name.size() > 63 || !is_alphanumeric(name.front())) return false;
  return std::ranges::all_of(
      name, [&](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

Result<Administrator> Administrators::Create(const std::string& name, const std::string& password,
                                             const std::vector<std::string>& stores) {
  if (!IsValidAdministratorName(name)) {
    return Fail(ErrorKind::kInvalid,
                "an administrator's name is 1 to 63 of a-z, 0-9, '.', '_' and '-', and begins with "
                "a letter or digit",
                "name");
  }
  OUBLI_TRY(CheckPassword(password));
  const std::string hash = crypto::HashPassword(password);
  Administrator administrator;
  administrator.name = name;
  administrator.superuser = stores.empty();
  administrator.created_at = clock_.NowMs();
  OUBLI_TRY(file_.Write([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(const auto taken, FindByName(connection, name));
    if (taken) {
      return Fail(ErrorKind::kConflict, "there is an administrator of that name already", "name");
    }
    administrator.stores.clear();
    for (const std::string& handle : stores) {
      OUBLI_TRY_ASSIGN(const int64_t number, StoreNumber(connection, handle));
      administrator.stores.push_back(number);
    }
    std::ranges::sort(administrator.stores);
    const auto repeats = std::ranges::unique(administrator.stores);
    administrator.stores.erase(repeats.begin(), repeats.end());
    OUBLI_TRY_ASSIGN(administrator.id, TakeNumber(connection, "administrator"));
    return Insert(connection, administrator, hash);
  }));
  return administrator;
}

Result<std::vector<Administrator>> Administrators::List() {
  std::vector<Administrator> list;
  OUBLI_TRY(file_.Read([&](storage::Connection& connection) -> Status {
    {
      OUBLI_TRY_ASSIGN(auto select, connection.Prepare(kAll));
      while (true) {
        OUBLI_TRY_ASSIGN(const bool more, select->Step());
        if (!more) break;
        list.push_back(TakeRow(*select).administrator);
      }
    }
    for (Administrator& administrator : list) OUBLI_TRY(ReadStores(connection, administrator));
    return {};
  }));
  return list;
}

Status Administrators::SetPassword(std::string_view name, const std::string& password) {
  OUBLI_TRY(CheckPassword(password));
  const std::string hash = crypto::HashPassword(password);
  return file_.Write([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(const AdministratorRow row, RequireByName(connection, name));
    OUBLI_TRY_ASSIGN(auto update,
                     connection.Prepare("UPDATE administrator SET password_hash = $1, "
                                        "password_version = password_version + 1 WHERE id = $2"));
    update->BindText(1, hash).Bind(2, row.administrator.id);
    OUBLI_TRY(update->Step());
    return {};
  });
}

Status Administrators::Remove(std::string_view name) {
  return file_.Write([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(const AdministratorRow row, RequireByName(connection, name));
    for (const char* sql : {"DELETE FROM administrator_store WHERE administrator_id = $1",
                            "DELETE FROM administrator WHERE id = $1"}) {
      OUBLI_TRY_ASSIGN(auto remove, connection.Prepare(sql));
      remove->Bind(1, row.administrator.id);
      OUBLI_TRY(remove->Step());
    }
    return {};
  });
}

Result<std::optional<Administrator>> Administrators::SignIn(std::string_view name,
                                                            std::string_view password) {
  std::optional<AdministratorRow> row;
  OUBLI_TRY(file_.Read([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(row, FindByName(connection, name));
    return {};
  }));
  // An empty hash takes as long as a real one.
  const bool right = crypto::VerifyPassword(row ? row->password_hash : "", password);
  if (!row || !right) return std::nullopt;
  return std::move(row->administrator);
}

Result<std::optional<Administrator>> Administrators::Find(int64_t id) {
  std::optional<Administrator> found;
  OUBLI_TRY(file_.Read([&](storage::Connection& connection) -> Status {
    OUBLI_TRY_ASSIGN(auto select, connection.Prepare(kById));
    select->Bind(1, id);
    OUBLI_TRY_ASSIGN(const bool more, select->Step());
    if (!more) return {};
    found = TakeRow(*select).administrator;
    return ReadStores(connection, *found);
  }));
  return found;
}

}  // namespace oubli::access
