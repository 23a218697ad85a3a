// A store with customers for whom mail waits.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

#include "access/access_fixture.h"
#include "customers/customers.h"
#include "customers/mail_request.h"
#include "erasure/eraser.h"

namespace oubli::mail {

class SenderFixture : public access::AccessFixture {
 protected:
  SenderFixture() {
    EXPECT_TRUE(stores_->Create("abc"));
    store_ = stores_->Open(1).value();
  }
  ~SenderFixture() override { store_.reset(); }

  // A customer, with a mail that waits.
  int64_t Add(const std::string& email) {
    const auto id =
        store_->WriteAndWait([&](customers::StoreTransaction& transaction) -> Result<int64_t> {
          customers::Customer customer;
          customer.profile.email = email;
          OUBLI_TRY_ASSIGN(customer, customers::CreateCustomer(transaction, customer));
          OUBLI_TRY(
              customers::AddMailRequest(transaction, customer.head, customers::kPasswordResetMail));
          return customer.head.id;
        });
    return id.value();
  }
  void Erase(int64_t id) {
    std::promise<void> done;
    erasure::Erase(*store_, customers::OwnerKind::kCustomer, {id},
                   [&](const Result<erasure::Outcome>& outcome) {
                     EXPECT_TRUE(outcome);
                     done.set_value();
                   });
    done.get_future().wait();
  }
  size_t Waiting() {
    auto view = store_->Read();
    return customers::ListMailRequests(**view, 1000).value().size();
  }

  std::shared_ptr<customers::Store> store_;
};

}  // namespace oubli::mail
