#include "dialects/stickystreet/calls.h"

namespace oubli::dialects::stickystreet {
namespace {

constexpr CallEntry kCalls[] = {
    {"customer_delete", "/ type=customer_delete", Permission::kCustomerDelete, CustomerDelete},
    {"record_customer", "/ type=record_customer", Permission::kCustomers, RecordCustomer},
    {"generate_card_number", "/ type=generate_card_number", Permission::kView, GenerateCardNumber},
    {"customer_search", "/ type=customer_search", Permission::kView, CustomerSearch},
    {"customer_find", "/ type=customer_find", Permission::kView, CustomerFind},
    {"find_customer", "/ type=find_customer", Permission::kView, CustomerFind},
    {"customer_info", "/ type=customer_info", Permission::kView, CustomerInfo},
    {"customer_balance", "/ type=customer_balance", Permission::kView, CustomerBalance},
    {"balance", "/ type=balance", Permission::kView, CustomerBalance},
    {"validate_customer_password", "/ type=validate_customer_password", Permission::kView,
     ValidateCustomerPassword},
    {"card_replace", "/ type=card_replace", Permission::kCustomers, CardReplace},
    {"customers_batch", "/ type=customers_batch", Permission::kCustomers, CustomersBatch},
    {"reports", "/ type=reports", Permission::kView, Reports},

    {"record_activity", "/ type=record_activity", Permission::kTransactions, RecordActivity},
    {"redeem", "/ type=redeem", Permission::kTransactions, Redeem},
    {"transaction_delete", "/ type=transaction_delete", Permission::kTransactionDelete,
     TransactionDelete},
    {"batch_transactions", "/ type=batch_transactions", Permission::kTransactions,
     BatchTransactions},
    {"transaction_fields", "/ type=transaction_fields", Permission::kView, TransactionFields},
    {"generate_time_token", "/ type=generate_time_token", Permission::kView, GenerateTimeToken},
    {"validate_time_token", "/ type=validate_time_token", Permission::kView, ValidateTimeToken},

    {"campaigns_list", "/ type=campaigns_list", Permission::kView, CampaignsList},
    {"campaigns_inactive_list", "/ type=campaigns_inactive_list", Permission::kView,
     CampaignsInactiveList},
    {"campaign_rewards", "/ type=campaign_rewards", Permission::kView, CampaignRewards},
    {"campaign_promos", "/ type=campaign_promos", Permission::kView, CampaignPromos},
    {"buyx_items_list", "/ type=buyx_items_list", Permission::kView, BuyxItemsList},
    {"campaign_new", "/ type=campaign_new", Permission::kCampaigns, CampaignNew},
    {"campaign_update", "/ type=campaign_update", Permission::kCampaigns, CampaignUpdate},
    {"campaign_delete", "/ type=campaign_delete", Permission::kCampaigns, CampaignDelete},
    {"campaign_deactivate", "/ type=campaign_deactivate", Permission::kCampaigns,
     CampaignDeactivate},
    {"campaign_reactivate", "/ type=campaign_reactivate", Permission::kCampaigns,
     CampaignReactivate},

    {"account_info", "/ type=account_info", Permission::kView, AccountInfo},
    {"account_update", "/ type=account_update", Permission::kOwner, AccountUpdate},
    {"user_login", "/ type=user_login", Permission::kNone, UserLogin},
    {"user_info", "/ type=user_info", Permission::kNone, UserInfo},
    {"users_list", "/ type=users_list", Permission::kOwner, UsersList},
    {"user_new", "/ type=user_new", Permission::kOwner, UserNew},
    {"user_update", "/ type=user_update", Permission::kOwner, UserUpdate},
    {"user_delete", "/ type=user_delete", Permission::kOwner, UserDelete},
    {"campaign_users", "/ type=campaign_users", Permission::kOwner, CampaignUsers},
    {"manage_fields", "/ type=manage_fields", Permission::kOwner, ManageFields},
};

}  // namespace

std::span<const CallEntry> Calls() { return kCalls; }

}  // namespace oubli::dialects::stickystreet
