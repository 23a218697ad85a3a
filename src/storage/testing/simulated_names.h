// The names of a simulated disk: folders that hold files and folders, as a process sees them, as
// they surely are on the device, and what a power cut may keep of the difference.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/testing/simulated_content.h"

namespace oubli::storage {

// All that is on a disk, by path.
struct DiskTree {
  std::set<std::string> folders;
  std::map<std::string, std::string> files;

  bool operator==(const DiskTree&) const = default;
};

// What a name names; it keeps what it holds when it is moved. Like the files behind a directory's
// entries: a file that was written below a folder stays with it where the folder's own move is
// lost.
struct SimulatedNode {
  using Entries = std::map<std::string, std::shared_ptr<SimulatedNode>>;

  bool IsFolder() const { return content == nullptr; }
  std::shared_ptr<SimulatedContent> content = {};
  Entries entries = {};
  Entries durable = {};
};

// Paths are normal ones: see NormalPath(). "/" and "." are always there. Not safe for several
// threads: the disk has a lock.
class SimulatedNames {
 public:
  using Node = std::shared_ptr<SimulatedNode>;

  SimulatedNames();

  // Null when there is nothing.
  Node Find(const std::string& path) const;
  Node FindDurable(const std::string& path) const;
  bool HasFolder(const std::string& path) const;

  // The names get these nodes (null: nothing) in one step, which a power cut keeps or loses as a
  // whole. Durable after the SyncFolder() of all their folders. REQUIRES: the folders are there.
  void Change(const std::vector<std::pair<std::string, Node>>& names);
  // At once durable, with those above it.
  void MakeFolder(const std::string& path);
  // Of the first `count` changes.
  void SyncFolder(const std::string& path, size_t count);
  size_t changes() const { return changes_.size(); }

  // Behind the process's back.
  void Put(const std::string& path, std::string bytes);
  void Lose(const std::string& path);

  // Any of the changes that are not durable remain, and of each file what its Crash() leaves.
  void Crash(std::mt19937_64& rng);
  DiskTree Tree() const;
  // What Crash() would leave; with null: nothing that may be lost.
  DiskTree TreeAfterCrash(std::mt19937_64* rng) const;

 private:
  struct Edit {
    Node folder;
    std::string name;
    Node node;
  };
  struct NameChange {
    std::vector<Edit> edits = {};
    std::set<const SimulatedNode*> unsynced = {};  // folders
  };
  using Which = std::vector<bool>;  // of changes_
  using ViewOf = std::function<const SimulatedNode::Entries&(const SimulatedNode&)>;

  Node FindIn(const std::string& path, SimulatedNode::Entries SimulatedNode::*entries) const;
  // With each change the older ones of the same names.
  Which WithOlder(Which which) const;
  void MakeDurable(const Which& which);
  static Which AnyOf(size_t count, std::mt19937_64& rng);
  void ForgetChanges(const std::function<bool(const Edit&)>& forget);
  void ForEach(
      const ViewOf& view,
      const std::function<void(const std::string& path, const SimulatedNode& node)>& visit) const;

  const Node root_;
  const Node here_;
  std::vector<NameChange> changes_;  // oldest first, between what is durable and what is seen
};

// "a//b/" is "a/b"; "" is ".".
std::string NormalPath(const std::string& path);
std::string FolderOfNormal(const std::string& normal_path);

}  // namespace oubli::storage
