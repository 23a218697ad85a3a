#include "admin/places_commands.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "base/date_time.h"
#include "base/json_writer.h"

namespace oubli::admin {
namespace {

using access::KeyPlace;
using access::KeyPlaceKind;

// While the stores are opened one after another, about so many stay open.
constexpr size_t kOpenAtATime = 64;

std::string_view KindWord(KeyPlaceKind kind) {
  return kind == KeyPlaceKind::kSlot ? "slot" : "journal";
}

struct PlaceState {
  std::string word = "in use";
  std::string reason = {};
};

// By path, of what is in use: slots are asked now, journals tell how their last entry went.
std::map<std::string, PlaceState> StatesNow(access::KeyCustody& custody) {
  std::map<std::string, PlaceState> states;
  const auto slots = custody.places().slots;
  const auto ids = slots->Ids();
  for (size_t i = 0; i < ids.size(); ++i) {
    if (!ids[i]) states[slots->name(i)] = {"failing", ids[i].error().text};
  }
  for (const keys::Journals::State& journal : custody.JournalStates()) {
    if (journal.last) continue;
    states[journal.path] = {journal.waits ? "failing" : "behind", journal.last.error().text};
  }
  return states;
}

void WritePlace(JsonWriter& writer, const KeyPlace& place, const PlaceState& state) {
  writer.BeginObject().Member("id", place.id).Member("kind", KindWord(place.kind));
  writer.Member("path", place.path).Member("added_at", FormatIso8601(place.added_at));
  writer.Member("state", state.word).Key("reason");
  state.reason.empty() ? writer.Null() : writer.String(state.reason);
  writer.EndObject();
}

// The missing slot may have had the only copy of a root.
Status CheckAllOpen(access::Stores& stores) {
  for (const access::StoreInfo& info : stores.List()) {
    const auto store = stores.Open(info.number);
    if (store) {
      if (stores.OpenStores().size() > kOpenAtATime) stores.CloseIdle(0);
      continue;
    }
    return Fail(store.error().kind,
                fmt::format("store {} does not open with the slots that are there ({}): the "
                            "missing one may have its only key, and nothing is retired",
                            info.handle, store.error().text));
  }
  return {};
}

}  // namespace

Result<std::string> ListPlaces(access::KeyCustody& custody, const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({}));
  const std::map<std::string, PlaceState> states = StatesNow(custody);
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject();
  writer.Member("erasing", custody.places().erasing_allowed().has_value());
  writer.Key("places").BeginArray();
  for (const KeyPlace& place : custody.List()) {
    PlaceState state;
    const auto found = states.find(place.path);
    if (found != states.end()) state = found->second;
    if (!place.in_use) state = {"missing", ""};
    WritePlace(writer, place, state);
  }
  writer.EndArray().EndObject();
  return out;
}

Result<std::string> RetirePlace(access::KeyCustody& custody, access::Stores& stores,
                                const Arguments& arguments) {
  OUBLI_TRY(arguments.CheckNames({"id"}));
  OUBLI_TRY_ASSIGN(const std::string id, arguments.Text("id"));
  const std::vector<KeyPlace> places = custody.List();
  const auto place = std::ranges::find(places, id, &KeyPlace::id);
  if (place == places.end()) {
    return Fail(ErrorKind::kNotFound, "there is no place of that id: `oubli places list`", "id");
  }
  if (place->kind == KeyPlaceKind::kSlot && !place->in_use) OUBLI_TRY(CheckAllOpen(stores));
  OUBLI_TRY(custody.Retire(id));
  std::string out;
  JsonWriter writer(out);
  writer.BeginObject().Member("id", id).Member("kind", KindWord(place->kind));
  writer.Member("path", place->path).Member("retired", true).EndObject();
  return out;
}

}  // namespace oubli::admin
