// The handlers of all calls; each answers its call exactly once. Listed in router.cc; a reader
// finds one by its path: oauth.cc, customers.cc, customer_list.cc, orders.cc, carts.cc, ...
#pragma once

#include "dialects/webcommander/call.h"

namespace oubli::dialects::webcommander {

void IssueToken(const Call& call);          // POST /oauth2/token
void ShowCustomerFields(const Call& call);  // GET  /create-customer-fields

// Below /admin/customers.
void ListCustomers(const Call& call);          // GET    (nothing)
void CreateCustomer(const Call& call);         // POST   (nothing)
void CountCustomers(const Call& call);         // GET    /count
void CheckEmail(const Call& call);             // GET    /check-email
void ExportCustomers(const Call& call);        // GET    /export
void ImportCustomers(const Call& call);        // POST   /import
void BulkResetPassword(const Call& call);      // POST   /bulk-reset-password
void GetCustomer(const Call& call);            // GET    /{customer_id}
void UpdateCustomer(const Call& call);         // PUT    /{customer_id}
void DeleteCustomer(const Call& call);         // DELETE /{customer_id}
void CreateAddresses(const Call& call);        // POST   /{customer_id}/addresses
void ResetPassword(const Call& call);          // POST   /{customer_id}/reset-password
void ChangePassword(const Call& call);         // POST   /{customer_id}/change-password
void ListCreditAdjustments(const Call& call);  // GET    /{customer_id}/store-credit/adjustments
void AdjustCredit(const Call& call);           // POST   /{customer_id}/store-credit/adjustments
void ListOrdersOfCustomer(const Call& call);   // GET    /{customer_id}/orders

// Below /admin/orders.
void ListOrders(const Call& call);              // GET    (nothing)
void CountOrders(const Call& call);             // GET    /count
void CreateOrder(const Call& call);             // POST   (nothing)
void CreateOrderWithPayment(const Call& call);  // POST   /with-payment
void CreateOrderFromCart(const Call& call);     // POST   /carts/{session_id}
void GetOrder(const Call& call);                // GET    /{order_id}
void ReplaceOrder(const Call& call);            // PUT    /{order_id}
void PatchOrder(const Call& call);              // PATCH  /{order_id}
void DeleteOrder(const Call& call);             // DELETE /{order_id}
void PatchOrderAddresses(const Call& call);     // PATCH  /{order_id}/addresses
void CancelOrder(const Call& call);             // POST   /{order_id}/cancel
void UpdateOrderStatus(const Call& call);       // PATCH  /{order_id}/update-status
void ListOrderComments(const Call& call);       // GET    /{order_id}/comments
void CreateOrderComment(const Call& call);      // POST   /{order_id}/comments

// Below /carts.
void CreateCart(const Call& call);      // POST   (nothing)
void GetCart(const Call& call);         // GET    /{session_id}
void PutCartSession(const Call& call);  // PUT    /{session_id}
void PatchCart(const Call& call);       // PATCH  /{session_id}
void DeleteCart(const Call& call);      // DELETE /{session_id}
void DeleteCartItem(const Call& call);  // DELETE /{session_id}/cart_items/{cart_item_id}

// Below /admin/discount_profiles, and one beside it.
void ListDiscounts(const Call& call);   // GET    (nothing)
void CreateDiscount(const Call& call);  // POST   (nothing)
void GetDiscount(const Call& call);     // GET    /{id}
void UpdateDiscount(const Call& call);  // PUT    /{id}
void PatchDiscount(const Call& call);   // PATCH  /{id}: never allowed
void DeleteDiscount(const Call& call);  // DELETE /{id}
void CreateCoupons(const Call& call);   // POST   /{id}/create-coupons
void AssignCoupon(const Call& call);    // POST   /admin/discount_coupons/assign-customer

}  // namespace oubli::dialects::webcommander
