// oubli-load: the command line of the load client. Prints one JSON object; exit code 1 when the run
// could not be finished, 2 for a wrong command line.
#include <fmt/format.h>
#include <getopt.h>

#include <charconv>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "load_client.h"
#include "request_list.h"

namespace oubli::bench {
namespace {

constexpr const char* kUsage = R"(Usage: oubli-load --to ADDRESS:PORT [options]

  --to ADDRESS:PORT      IPv4 address and port of the server
  --connections N        keep-alive connections, one request each at a time (default 1)
  --method METHOD        default GET
  --path PATH            default /; {id} stands for a value of --ids
  --paths FILE           one path a line instead of --path, in order
  --header 'NAME: TEXT'  may be given more than once; may hold {id}
  --body TEXT            may hold {id}; --body-file FILE reads it from a file
  --ids FILE             one value a line, each used once
  --per-request N        so many ids, joined by commas, in each request (default 1)
  --skip N, --take N     leave out the first N ids, use only the next N
  --shuffle SEED         random order of the ids, or else of the paths, before --skip and --take
  --requests N           so many requests, starting again from the front where ids run out

Example: oubli-load --to 127.0.0.1:8080 --connections 64 --method DELETE --ids ids.txt \
           --path '/stores/demo/v3/customers?id:in={id}' --header "X-Auth-Token: $TOKEN"
)";

struct Arguments {
  LoadOptions load;
  RequestTemplate request;
  std::string ids_file;
  std::string paths_file;
  std::string body_file;
  uint64_t per_request = 1;
  uint64_t skip = 0;
  uint64_t take = UINT64_MAX;
  uint64_t requests = 0;
  uint64_t shuffle_seed = 0;
  bool shuffle = false;
  bool help = false;
};

Result<uint64_t> ParseCount(std::string_view name, std::string_view text, uint64_t min,
                            uint64_t max) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < min || value > max) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("--{}: a number from {} to {} is wanted", name, min, max));
  }
  return value;
}

Status SetPeer(Arguments& arguments, const std::string& text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) {
    return Fail(ErrorKind::kInvalid, "--to: ADDRESS:PORT is wanted");
  }
  OUBLI_TRY_ASSIGN(const uint64_t port, ParseCount("to", text.substr(colon + 1), 1, 65535));
  arguments.load.address = text.substr(0, colon);
  arguments.load.port = static_cast<uint16_t>(port);
  arguments.request.host = text;
  return {};
}

Status SetNumber(Arguments& a, char option, const char* name, const char* text) {
  const bool positive = option == 'c' || option == 'n';
  OUBLI_TRY_ASSIGN(const uint64_t value,
                   ParseCount(name, text, positive ? 1 : 0, option == 'c' ? 60'000 : 1ull << 40));
  switch (option) {
    case 'c':
      a.load.connections = static_cast<int>(value);
      break;
    case 'n':
      a.per_request = value;
      break;
    case 's':
      a.skip = value;
      break;
    case 't':
      a.take = value;
      break;
    case 'r':
      a.requests = value;
      break;
    default:
      a.shuffle_seed = value;
      a.shuffle = true;
  }
  return {};
}

Result<Arguments> ParseArguments(int argc, char** argv) {
  static const option kOptions[] = {
      {"to", required_argument, nullptr, 'T'},          {"method", required_argument, nullptr, 'm'},
      {"path", required_argument, nullptr, 'p'},        {"paths", required_argument, nullptr, 'P'},
      {"header", required_argument, nullptr, 'H'},      {"body", required_argument, nullptr, 'b'},
      {"body-file", required_argument, nullptr, 'B'},   {"ids", required_argument, nullptr, 'i'},
      {"connections", required_argument, nullptr, 'c'}, {"skip", required_argument, nullptr, 's'},
      {"per-request", required_argument, nullptr, 'n'}, {"take", required_argument, nullptr, 't'},
      {"requests", required_argument, nullptr, 'r'},    {"help", no_argument, nullptr, 'h'},
      {"shuffle", required_argument, nullptr, 'S'},     {}};
  Arguments a;
  int index = 0;
  for (int c; (c = getopt_long(argc, argv, "", kOptions, &index)) != -1;) {
    switch (c) {
      case 'T':
        OUBLI_TRY(SetPeer(a, optarg));
        break;
      case 'm':
        a.request.method = optarg;
        break;
      case 'p':
        a.request.path = optarg;
        break;
      case 'P':
        a.paths_file = optarg;
        break;
      case 'H':
        a.request.headers.emplace_back(optarg);
        break;
      case 'b':
        a.request.body = optarg;
        break;
      case 'B':
        a.body_file = optarg;
        break;
      case 'i':
        a.ids_file = optarg;
        break;
      case 'h':
        a.help = true;
        return a;
      case '?':
        return Fail(ErrorKind::kInvalid, "try --help");
      default:
        OUBLI_TRY(SetNumber(a, static_cast<char>(c), kOptions[index].name, optarg));
    }
  }
  if (optind < argc) return Fail(ErrorKind::kInvalid, fmt::format("what is '{}'?", argv[optind]));
  if (a.load.port == 0) return Fail(ErrorKind::kInvalid, "--to is missing");
  return a;
}

Result<RequestList> MakeList(Arguments a) {
  std::vector<std::string> ids;
  std::vector<std::string> paths;
  if (!a.ids_file.empty()) {
    OUBLI_TRY_ASSIGN(ids, ReadLines(a.ids_file));
  }
  if (!a.paths_file.empty()) {
    OUBLI_TRY_ASSIGN(paths, ReadLines(a.paths_file));
  }
  if (a.shuffle) Shuffle(ids.empty() ? paths : ids, a.shuffle_seed);
  if (!a.ids_file.empty()) {
    const size_t first = std::min<uint64_t>(a.skip, ids.size());
    const size_t count = std::min<uint64_t>(a.take, ids.size() - first);
    ids.erase(ids.begin(), ids.begin() + static_cast<ptrdiff_t>(first));
    ids.resize(count);
    // Without this, a list that is too short would turn into requests with a bare "{id}".
    if (ids.empty()) return Fail(ErrorKind::kInvalid, "--ids: no ids are left to send");
  }
  if (!a.body_file.empty()) {
    std::ifstream file(a.body_file, std::ios::binary);
    if (!file) return Fail(ErrorKind::kNotFound, "cannot open " + a.body_file);
    a.request.body.assign(std::istreambuf_iterator<char>(file), {});
  }
  return RequestList(std::move(a.request), std::move(paths), std::move(ids), a.per_request,
                     a.requests);
}

void Print(const LoadResult& r) {
  fmt::print(
      "{{\"requests\":{},\"seconds\":{:.4f},\"requests_per_second\":{:.1f},\"p50_ms\":{:.3f},"
      "\"p99_ms\":{:.3f},\"max_ms\":{:.3f},\"body_bytes\":{},\"not_2xx\":{},"
      "\"first_bad_status\":{},\"lost\":{}}}\n",
      r.requests, r.seconds, r.seconds > 0 ? static_cast<double>(r.requests) / r.seconds : 0.0,
      r.p50_ms, r.p99_ms, r.max_ms, r.body_bytes, r.not_2xx, r.first_bad_status, r.lost);
}

Status RunCommand(Arguments arguments) {
  const LoadOptions options = arguments.load;
  OUBLI_TRY_ASSIGN(RequestList list, MakeList(std::move(arguments)));
  OUBLI_TRY_ASSIGN(const LoadResult result, RunLoad(options, list));
  Print(result);
  return {};
}

int Main(int argc, char** argv) {
  auto arguments = ParseArguments(argc, argv);
  if (arguments && arguments->help) {
    std::fputs(kUsage, stdout);
    return 0;
  }
  const Status status =
      arguments ? RunCommand(std::move(*arguments)) : Status(Fail(arguments.error()));
  if (status) return 0;
  fmt::print(stderr, "oubli-load: {}\n", status.error().text);
  return status.error().kind == ErrorKind::kInvalid ? 2 : 1;
}

}  // namespace
}  // namespace oubli::bench

int main(int argc, char** argv) { return oubli::bench::Main(argc, argv); }
