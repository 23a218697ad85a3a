// Test support: for every call of this dialect at least one form that succeeds, with the permission
// it needs, over a small world of a customer, campaigns and a user. Tests send it as other callers
// or spoil a part of it. A call of calls.cc without an entry here fails those tests.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/stickystreet/calls.h"
#include "dialects/stickystreet/stickystreet_fixture.h"
#include "storage/database.h"

namespace oubli::dialects::stickystreet {

struct GoodCall {
  std::string_view type;
  std::string_view permission;  // as users are given it; "" for none, "owner" for the owner alone
  Form form;                    // without credentials and type; "{word}" stands for WordOf("word")
};

// In the order of calls.cc; several of a type one after the other.
const std::vector<GoodCall>& GoodCalls();

class GoodCallsTest : public StickyStreetTest {
 protected:
  GoodCallsTest() { Renew(); }

  // Makes a customer, campaigns with all sorts of parts, a transaction, a token, numbered fields
  // and a user, beside those that are there: the words mean the new ones. Good forms succeed after
  // it.
  void Renew();
  // "fresh" is another word each time.
  std::string WordOf(const std::string& name);
  // The form with type and words, without credentials.
  Form Fill(const GoodCall& call);
  Form Fill(const GoodCall& call, const Form& form);

  http::Response SendAs(const std::string& user_id, const std::string& key, Form form,
                        const std::string& account = "abc");
  static std::string ErrorIn(const http::Response& response) {
    return Between(response.body, "<error>", "</error>");
  }
  // Makes a user; returns the key.
  std::string NewUser(const std::string& user_id, const std::string& permissions);

  // Every value of every table of a store.
  std::string Everything(std::string_view store = "abc");

  // What the customer of the world is called in all fields: stands in no error.
  static constexpr std::string_view kCanary = "Canaryname";

 private:
  struct Dump {
    std::deque<std::string> selects;  // outlive the connection, which knows them by their address
    std::unique_ptr<storage::Connection> connection;
    int64_t version = 0;  // of what everything was
    std::string everything;
  };

  std::map<std::string, Dump> dumps_;
  std::map<std::string, std::string> words_;
  int renewed_ = 0;
  int64_t fresh_ = 0;
};

}  // namespace oubli::dialects::stickystreet
