// Administrators: the people who sign in to the admin page. Not API accounts (api_keys.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/server_file.h"
#include "base/clock.h"
#include "base/result.h"

namespace oubli::access {

struct Administrator {
  int64_t id = 0;  // never given twice
  std::string name;
  bool superuser = false;       // of all stores and of those to come, or
  std::vector<int64_t> stores;  // of these alone, by number
  UnixMs created_at = 0;
  // Goes up with each new password: what was signed in with the old one is over.
  int64_t password_version = 1;

  bool MaySee(int64_t store_number) const;
};

// A name is 1 to 63 of a-z, 0-9, '.', '_' and '-', and begins with a letter or digit.
bool IsValidAdministratorName(std::string_view name);

// Safe from any thread. Passwords are kept as Argon2id hashes; they have 10 to 255 characters.
class Administrators {
 public:
  Administrators(ServerFile& file, const Clock& clock) : file_(file), clock_(clock) {}

  // `stores` are handles; none: a superuser. Errors: kInvalid (name, password), kConflict (the name
  // is taken), kNotFound (a store).
  Result<Administrator> Create(const std::string& name, const std::string& password,
                               const std::vector<std::string>& stores);
  Result<std::vector<Administrator>> List();  // by name
  // Errors: kNotFound, kInvalid.
  Status SetPassword(std::string_view name, const std::string& password);
  // Ends what is signed in, too. Errors: kNotFound.
  Status Remove(std::string_view name);

  // Nothing when name or password are wrong; both take the same time.
  Result<std::optional<Administrator>> SignIn(std::string_view name, std::string_view password);
  // As they are now; nothing when they have been removed.
  Result<std::optional<Administrator>> Find(int64_t id);

 private:
  ServerFile& file_;
  const Clock& clock_;
};

}  // namespace oubli::access
