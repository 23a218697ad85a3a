// The project's documents as the server shows them: /docs/ (HTML), /docs/cli.md (Markdown),
// /llms.txt and /llms-full.txt (https://llmstxt.org).
#pragma once

#include <memory>

#include "dialects/dialect.h"

namespace oubli::documents {

// To the server it is one more protocol beside the dialects. For everybody, without a key.
std::unique_ptr<dialects::Dialect> MakeDocuments();

}  // namespace oubli::documents
