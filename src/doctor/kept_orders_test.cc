// Nothing that a canary customer's order says of the person is in what is kept of it.
#include "customers/kept_orders.h"

#include <gmock/gmock.h>

#include <thread>

#include "customers/codec.h"
#include "customers/settings.h"
#include "doctor/doctor.h"
#include "doctor/residue.h"
#include "doctor/testing/doctor_fixture.h"

namespace oubli::doctor {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class KeptOrdersTest : public DoctorFixture {
 protected:
  void SetUp() override {
    DoctorFixture::SetUp();
    ASSERT_TRUE(customers::ChangeSetting(*store_, "keep_order_amounts", "yes"));
  }
  std::vector<customers::KeptOrder> Kept() {
    std::vector<customers::KeptOrder> kept;
    auto reader = store_->Read().value();
    EXPECT_TRUE(customers::ForEachKeptOrder(
        *reader, 0, [&](const customers::Head&, const customers::KeptOrder& order) {
          kept.push_back(order);
          return true;
        }));
    return kept;
  }
  std::string Errors() {
    std::string texts;
    const Report report = Examine(*subject_).value();
    for (const Finding& finding : report.findings) {
      if (finding.level == Level::kError) texts += finding.code + ": " + finding.text + "\n";
    }
    return texts;
  }
};

TEST_F(KeptOrdersTest, NoCanaryOfAPersonIsInAKeptOrder) {
  const CanaryMark mark;
  const customers::Head person = Create(mark.text());
  ASSERT_TRUE(store_->WriteAndWait([&](customers::StoreTransaction& transaction) {
    customers::Order order = CanaryOrder(mark.text());
    order.items[0].sku = "MUG-1";  // the shop's own word for an article
    return customers::PutOrder(transaction, person, order);
  }));
  ASSERT_THAT(Kept(), ::testing::SizeIs(1));
  const std::string bytes = customers::Encode(Kept()[0]);
  EXPECT_THAT(bytes, HasSubstr("MUG-1"));
  EXPECT_THAT(bytes, Not(HasSubstr(mark.text())));
  EXPECT_THAT(bytes, Not(HasSubstr(mark.Folded())));
  EXPECT_THAT(Errors(), IsEmpty());

  Erase({person.id});
  EXPECT_THAT(Errors(), IsEmpty()) << "what is kept is whole without the person";
  ASSERT_THAT(Kept(), ::testing::SizeIs(1));
  sweeps_ = true;
  Restart();
  OpenStore();
  for (int i = 0; i < 1000 && store_->writer().busy(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_THAT(Errors(), IsEmpty()) << "swept";
  ASSERT_THAT(Kept(), ::testing::SizeIs(1));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
    if (entry.is_regular_file()) {
      EXPECT_THAT(ReadFile(entry.path()), Not(HasSubstr(mark.text()))) << entry.path();
    }
  }
}

TEST_F(KeptOrdersTest, TheResidueCheckLeavesNoneInTheBooks) {
  const ResidueReport report = CheckResidue(*subject_, {}).value();
  EXPECT_EQ(report.verdict(), Verdict::kClean) << ToJson(report);
  EXPECT_THAT(Kept(), IsEmpty());
}

TEST_F(KeptOrdersTest, ADamagedOneIsFound) {
  const customers::Head person = Create("a-");
  ASSERT_TRUE(store_->WriteAndWait([&](customers::StoreTransaction& transaction) {
    return customers::PutOrder(transaction, person, CanaryOrder("b-"));
  }));
  ASSERT_THAT(Errors(), IsEmpty());
  Sql("UPDATE record SET sealed = x'00' WHERE kind = 23");
  EXPECT_THAT(Errors(), HasSubstr("the kept_order record 0"));
  auto reader = store_->Read().value();
  const Status read = customers::ForEachKeptOrder(
      *reader, 0, [](const customers::Head&, const customers::KeptOrder&) { return true; });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::kCorrupt);
}

}  // namespace
}  // namespace oubli::doctor
