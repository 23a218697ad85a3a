// POST /v3/hooks, PUT and DELETE /v3/hooks/{hook_id}, PUT /v3/hooks/admin (contract 8.1).
#include <functional>
#include <memory>

#include "base/text.h"
#include "customers/outbox.h"
#include "dialects/bigcommerce/errors.h"
#include "dialects/bigcommerce/handlers.h"
#include "dialects/bigcommerce/hook_input.h"
#include "dialects/bigcommerce/hook_json.h"
#include "webhooks/hook_service.h"

namespace oubli::dialects::bigcommerce {
namespace {

using access::Hook;

access::Hooks::LastEvent LastEventOf(const std::shared_ptr<customers::Store>& store) {
  return [store]() -> Result<int64_t> {
    OUBLI_TRY_ASSIGN(auto reader, store->Read());
    return customers::LastEventNumber(*reader);
  };
}

// Answers with what `save` says, at once or, when there is a destination to look at, afterwards: a
// name may take its time, and no worker waits for it.
void SaveChecked(const Call& call, const std::optional<std::string>& destination, int64_t id,
                 std::function<Result<Hook>()> save) {
  const auto finish = [answer = call.answer, &choices = call.choices, id,
                       store_hash = call.principal.handle,
                       save = std::move(save)](const Status& checked) {
    const Result<Hook> saved = checked ? save() : Result<Hook>(Fail(checked.error()));
    answer(saved ? HookAnswer(*saved, store_hash) : HookError(choices, saved.error(), id));
  };
  if (!destination) return finish({});
  call.environment.hook_service.CheckDestination(*destination, finish);
}

}  // namespace

void CreateHook(Call& call) {
  const auto input = ReadHook(call.request, call.choices, HookUse::kCreate);
  if (!input) return call.answer(input.error());
  Hook hook;
  hook.store_number = call.principal.store_number;
  hook.key_id = call.principal.key_id;
  hook.client_id = call.principal.client_id;
  hook.scope = *input->scope;
  hook.destination = *input->destination;
  hook.is_active = input->is_active.value_or(call.choices.new_hook_is_active);
  if (input->headers) hook.headers = *input->headers;
  SaveChecked(call, hook.destination, 0,
              [&hooks = call.environment.hooks, hook, last_event = LastEventOf(call.store)] {
                return hooks.Create(hook, last_event);
              });
}

void UpdateHook(Call& call) {
  const auto id = ParseInt(call.path_parameters[0]);
  if (!id) return call.answer(NoSuchRoute());
  const int64_t key_id = call.principal.key_id;
  // Before the body: what is wrong with a hook that is not there does not matter.
  const auto found = call.environment.hooks.Find(key_id, *id);
  if (!found) return call.answer(HookError(call.choices, found.error(), *id));
  const auto change = ReadHook(call.request, call.choices, HookUse::kUpdate);
  if (!change) return call.answer(change.error());
  if (!change->scope && !change->destination && !change->is_active && !change->headers) {
    return call.answer(HookAnswer(*found, call.principal.handle));
  }
  SaveChecked(call, change->destination, *id,
              [&hooks = call.environment.hooks, key_id, id = *id, change = *change,
               last_event = LastEventOf(call.store)] {
                return hooks.Update(key_id, id, change, last_event);
              });
}

void DeleteHook(Call& call) {
  const auto id = ParseInt(call.path_parameters[0]);
  if (!id) return call.answer(NoSuchRoute());
  const auto removed = call.environment.hooks.Remove(call.principal.key_id, *id);
  if (!removed) return call.answer(HookError(call.choices, removed.error(), *id));
  call.answer(HookAnswer(*removed, call.principal.handle));
}

void UpdateHooksAdmin(Call& call) {
  const auto emails = ReadHookEmails(call.request, call.choices);
  if (!emails) return call.answer(emails.error());
  const Status saved = call.environment.hooks.SetEmails(call.principal.key_id, *emails);
  if (!saved) return call.answer(HookError(call.choices, saved.error(), 0));
  call.answer(NoContent());
}

}  // namespace oubli::dialects::bigcommerce
