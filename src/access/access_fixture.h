// For this module's tests: a data folder of its own, a clock that stands still, and everything of
// the module over them, which can be closed and opened again as a restart does.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "access/api_keys.h"
#include "access/server_file.h"
#include "access/stores.h"
#include "access/windows.h"
#include "base/clock.h"
#include "keys/testing/key_places.h"
#include "storage/group_writer.h"

namespace oubli::access {

class AccessFixture : public testing::Test {
 protected:
  AccessFixture() {
    std::string folder = testing::TempDir() + "oubli-access-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) std::abort();
    folder_ = folder;
    data_dir_ = (folder_ / "data").string();
    OpenAll();
  }
  ~AccessFixture() override {
    CloseAll();
    std::filesystem::remove_all(folder_);
  }

  void OpenAll() {
    file_ = ServerFile::Open(data_dir_).value();
    customers::StoreOptions options;
    options.places = keys::TestPlaces(folder_);
    stores_ = std::make_unique<Stores>(
        *file_, data_dir_, threads_, clock_,
        [this](const std::shared_ptr<customers::Store>& store) {
          std::lock_guard lock(opened_mutex_);
          opened_.push_back(store->number());
        },
        options);
    keys_ = std::make_unique<ApiKeys>(*file_, clock_);
    windows_ = std::make_unique<Windows>(*file_, clock_);
  }
  void CloseAll() {
    windows_.reset();
    keys_.reset();
    stores_.reset();
    file_.reset();
  }
  void Restart() {
    CloseAll();
    OpenAll();
  }

  // The files under the data folder that hold these bytes.
  std::vector<std::string> FilesWith(const std::string& bytes) const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string all((std::istreambuf_iterator<char>(file)), {});
      if (all.find(bytes) != std::string::npos) found.push_back(entry.path().filename());
    }
    return found;
  }

  static constexpr UnixMs kStart = 1'700'000'000'500;

  std::filesystem::path folder_;
  std::string data_dir_;
  ManualClock clock_{kStart};
  storage::WriterThreads threads_{2};
  std::mutex opened_mutex_;
  std::vector<int64_t> opened_;  // numbers, in the order of on_open
  std::unique_ptr<ServerFile> file_;
  std::unique_ptr<Stores> stores_;
  std::unique_ptr<ApiKeys> keys_;
  std::unique_ptr<Windows> windows_;
};

}  // namespace oubli::access
