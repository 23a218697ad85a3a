#include "storage/testing/simulated_names.h"

#include <algorithm>
#include <filesystem>

#include "base/check.h"

namespace oubli::storage {
namespace {

using Node = SimulatedNames::Node;

std::string LastOf(const std::string& normal_path) {
  return std::filesystem::path(normal_path).filename().string();
}

void VisitAll(const std::string& prefix, const SimulatedNode& folder,
              const std::function<const SimulatedNode::Entries&(const SimulatedNode&)>& view,
              const std::function<void(const std::string&, const SimulatedNode&)>& visit) {
  for (const auto& [name, node] : view(folder)) {
    const std::string path = prefix + name;
    visit(path, *node);
    if (node->IsFolder()) VisitAll(path + "/", *node, view, visit);
  }
}

}  // namespace

std::string NormalPath(const std::string& path) {
  std::string text = std::filesystem::path(path.empty() ? "." : path).lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

std::string FolderOfNormal(const std::string& normal_path) {
  const std::string parent = std::filesystem::path(normal_path).parent_path().string();
  return parent.empty() ? "." : parent;
}

SimulatedNames::SimulatedNames()
    : root_(std::make_shared<SimulatedNode>()), here_(std::make_shared<SimulatedNode>()) {}

Node SimulatedNames::FindIn(const std::string& path,
                            SimulatedNode::Entries SimulatedNode::*entries) const {
  Node node = path.starts_with('/') ? root_ : here_;
  for (const auto& part : std::filesystem::path(path)) {
    if (part == "/" || part == ".") continue;
    const auto found = ((*node).*entries).find(part.string());
    if (found == ((*node).*entries).end()) return nullptr;
    node = found->second;
  }
  return node;
}

Node SimulatedNames::Find(const std::string& path) const {
  return FindIn(path, &SimulatedNode::entries);
}

Node SimulatedNames::FindDurable(const std::string& path) const {
  return FindIn(path, &SimulatedNode::durable);
}

bool SimulatedNames::HasFolder(const std::string& path) const {
  const Node node = Find(path);
  return node && node->IsFolder();
}

void SimulatedNames::Change(const std::vector<std::pair<std::string, Node>>& names) {
  NameChange change;
  for (const auto& [path, node] : names) {
    const Node folder = Find(FolderOfNormal(path));
    OUBLI_CHECK(folder && folder->IsFolder());
    change.edits.push_back({folder, LastOf(path), node});
    change.unsynced.insert(folder.get());
  }
  for (const Edit& edit : change.edits) {
    if (edit.node) {
      edit.folder->entries[edit.name] = edit.node;
    } else {
      edit.folder->entries.erase(edit.name);
    }
  }
  changes_.push_back(std::move(change));
}

void SimulatedNames::MakeFolder(const std::string& path) {
  if (Find(path)) return;
  const std::string parent = FolderOfNormal(path);
  MakeFolder(parent);
  const Node made = std::make_shared<SimulatedNode>();
  const Node folder = Find(parent);
  const std::string name = LastOf(path);
  // What had the name before is surely gone by then.
  Which which(changes_.size());
  for (size_t i = 0; i < changes_.size(); ++i) {
    which[i] = std::ranges::any_of(changes_[i].edits, [&](const Edit& edit) {
      return edit.folder == folder && edit.name == name;
    });
  }
  MakeDurable(WithOlder(std::move(which)));
  folder->entries[name] = made;
  folder->durable[name] = made;
}

SimulatedNames::Which SimulatedNames::WithOlder(Which which) const {
  std::set<std::pair<const SimulatedNode*, std::string>> names;
  for (size_t i = changes_.size(); i-- > 0;) {
    for (const Edit& edit : changes_[i].edits) {
      if (names.contains({edit.folder.get(), edit.name})) which[i] = true;
    }
    if (!which[i]) continue;
    for (const Edit& edit : changes_[i].edits) names.insert({edit.folder.get(), edit.name});
  }
  return which;
}

void SimulatedNames::MakeDurable(const Which& which) {
  std::vector<NameChange> rest;
  for (size_t i = 0; i < changes_.size(); ++i) {
    if (!which[i]) {
      rest.push_back(std::move(changes_[i]));
      continue;
    }
    for (const Edit& edit : changes_[i].edits) {
      if (edit.node) {
        edit.folder->durable[edit.name] = edit.node;
      } else {
        edit.folder->durable.erase(edit.name);
      }
    }
  }
  changes_ = std::move(rest);
}

void SimulatedNames::SyncFolder(const std::string& path, size_t count) {
  const Node folder = Find(path);
  Which which(changes_.size());
  for (size_t i = 0; i < std::min(count, changes_.size()); ++i) {
    auto& unsynced = changes_[i].unsynced;
    which[i] = unsynced.erase(folder.get()) > 0 && unsynced.empty();
  }
  MakeDurable(WithOlder(std::move(which)));
}

void SimulatedNames::ForgetChanges(const std::function<bool(const Edit&)>& forget) {
  std::erase_if(changes_, [&](const NameChange& change) {
    return std::ranges::any_of(change.edits, forget);
  });
}

void SimulatedNames::Put(const std::string& path, std::string bytes) {
  MakeFolder(FolderOfNormal(path));
  const Node folder = Find(FolderOfNormal(path));
  const std::string name = LastOf(path);
  ForgetChanges([&](const Edit& edit) { return edit.folder == folder && edit.name == name; });
  Node& node = folder->entries[name];
  if (!node) {
    node = std::make_shared<SimulatedNode>();
    node->content = std::make_shared<SimulatedContent>();
  }
  node->content->Put(std::move(bytes));
  folder->durable[name] = node;
}

void SimulatedNames::Lose(const std::string& path) {
  const Node folder = Find(FolderOfNormal(path));
  if (!folder) return;
  const std::string name = LastOf(path);
  std::set<const SimulatedNode*> lost;
  for (const auto entries : {&SimulatedNode::entries, &SimulatedNode::durable}) {
    const auto found = ((*folder).*entries).find(name);
    if (found == ((*folder).*entries).end()) continue;
    lost.insert(found->second.get());
    VisitAll(
        "", *found->second, [&](const SimulatedNode& n) -> const auto& { return n.*entries; },
        [&](const std::string&, const SimulatedNode& n) { lost.insert(&n); });
  }
  ForgetChanges([&](const Edit& edit) {
    return (edit.folder == folder && edit.name == name) || lost.contains(edit.folder.get());
  });
  folder->entries.erase(name);
  folder->durable.erase(name);
}

SimulatedNames::Which SimulatedNames::AnyOf(size_t count, std::mt19937_64& rng) {
  const uint64_t kind = rng() % 4;  // no name is kept, all are, or any
  Which kept(count);
  for (size_t i = 0; i < kept.size(); ++i) kept[i] = kind == 1 || (kind > 1 && rng() % 2 == 0);
  return kept;
}

void SimulatedNames::Crash(std::mt19937_64& rng) {
  MakeDurable(WithOlder(AnyOf(changes_.size(), rng)));
  changes_.clear();
  for (const Node& top : {root_, here_}) top->entries = top->durable;
  ForEach(
      [](const SimulatedNode& node) -> const auto& { return node.durable; },
      [&](const std::string&, const SimulatedNode& node) {
        auto& left = const_cast<SimulatedNode&>(node);
        left.entries = left.durable;
        if (!left.IsFolder()) left.content->Crash(rng);
      });
}

void SimulatedNames::ForEach(
    const ViewOf& view,
    const std::function<void(const std::string&, const SimulatedNode&)>& visit) const {
  VisitAll("/", *root_, view, visit);
  VisitAll("", *here_, view, visit);
}

DiskTree SimulatedNames::Tree() const {
  DiskTree tree;
  ForEach(
      [](const SimulatedNode& node) -> const auto& { return node.entries; },
      [&](const std::string& path, const SimulatedNode& node) {
        if (node.IsFolder()) {
          tree.folders.insert(path);
        } else {
          tree.files[path] = node.content->view();
        }
      });
  return tree;
}

DiskTree SimulatedNames::TreeAfterCrash(std::mt19937_64* rng) const {
  std::map<const SimulatedNode*, SimulatedNode::Entries> left;  // of folders that change
  Which which(changes_.size());
  if (rng != nullptr) which = WithOlder(AnyOf(changes_.size(), *rng));
  for (size_t i = 0; i < changes_.size(); ++i) {
    if (!which[i]) continue;
    for (const Edit& edit : changes_[i].edits) {
      auto& entries = left.try_emplace(edit.folder.get(), edit.folder->durable).first->second;
      if (edit.node) {
        entries[edit.name] = edit.node;
      } else {
        entries.erase(edit.name);
      }
    }
  }
  DiskTree tree;
  ForEach(
      [&](const SimulatedNode& node) -> const auto& {
        const auto found = left.find(&node);
        return found == left.end() ? node.durable : found->second;
      },
      [&](const std::string& path, const SimulatedNode& node) {
        if (node.IsFolder()) {
          tree.folders.insert(path);
        } else if (rng == nullptr) {
          tree.files[path] = node.content->durable();
        } else {
          SimulatedContent content = *node.content;
          content.Crash(*rng);
          tree.files[path] = content.view();
        }
      });
  return tree;
}

}  // namespace oubli::storage
