// Key pages in the raw bytes of a store's file and of its write-ahead log, those too whose place
// newer ones have taken.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "doctor/old_pages.h"

namespace oubli::doctor {

// Visits whatever has the form of a row of key_page or key_root in any page of the database file
// `path`, in use or free, and in any frame of its log. They need not have been committed. Source of
// the form: https://www.sqlite.org/fileformat2.html. The process may have the database open. Errors
// as StreamFile(), but without a log there is none.
Status VisitRawPages(const std::string& path, const std::function<bool()>& keep_going,
                     const PageVisitor& visit);

}  // namespace oubli::doctor
