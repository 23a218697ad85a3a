# One module is one folder under src/: its sources, its unit tests and the modules that it may use.
#
#   oubli_module(storage
#     SRCS  group_commit.cc ...
#     TESTS group_commit_test.cc ...
#     DEPS  base ...                 modules of ours: what is not named here cannot be included
#     LIBS  SQLite::SQLite3 ...)     libraries from outside
#
# makes the library oubli_storage and the test program oubli_storage_test.

set(OUBLI_WARNINGS -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
                   -Werror)

add_library(oubli_flags INTERFACE)
target_compile_options(oubli_flags INTERFACE ${OUBLI_WARNINGS} -fno-omit-frame-pointer)
# g++ 12 sees overflows in std::string that are not there (its bugs 105329 and 105651) once enough of
# a function is inlined. clang and the sanitizers look for the real ones.
target_compile_options(oubli_flags INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>)
if(CMAKE_UNITY_BUILD)
  # g++ takes the sources in a unit for headers, whose types must not be of an anonymous namespace.
  target_compile_options(oubli_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()
target_compile_definitions(oubli_flags INTERFACE BOOST_ASIO_NO_DEPRECATED SPDLOG_COMPILED_LIB
                                                 TOML_HEADER_ONLY=0)
target_include_directories(oubli_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_link_options(oubli_flags INTERFACE -fuse-ld=lld)
if(OUBLI_SANITIZE)
  # Line numbers are all that a report needs; the rest is a quarter of the compiler's time.
  target_compile_options(oubli_flags INTERFACE -fsanitize=${OUBLI_SANITIZE} -O1 -g1)
  target_link_options(oubli_flags INTERFACE -fsanitize=${OUBLI_SANITIZE})
  if(OUBLI_SANITIZE MATCHES "undefined")
    target_compile_options(oubli_flags INTERFACE -fno-sanitize-recover=undefined)
  endif()
endif()

# The standard headers and the two small libraries that nearly every file includes.
set(OUBLI_PRECOMPILED <algorithm> <atomic> <chrono> <cstdint> <functional> <map> <memory> <mutex>
                      <optional> <span> <string> <string_view> <unordered_map> <utility> <vector>
                      <fmt/core.h> <tl/expected.hpp>)
add_library(oubli_pch OBJECT ${CMAKE_SOURCE_DIR}/cmake/pch.cc)
target_link_libraries(oubli_pch PUBLIC oubli_flags fmt::fmt)
target_precompile_headers(oubli_pch PRIVATE ${OUBLI_PRECOMPILED})

if(OUBLI_TESTS)
  # The tests' own: with the test library, and never optimised, which would take longer than they run.
  add_library(oubli_test_flags INTERFACE)
  target_compile_options(oubli_test_flags INTERFACE -O0)
  target_link_libraries(oubli_test_flags INTERFACE GTest::gmock GTest::gtest_main)
  add_library(oubli_test_pch OBJECT ${CMAKE_SOURCE_DIR}/cmake/pch.cc)
  target_link_libraries(oubli_test_pch PUBLIC oubli_flags fmt::fmt oubli_test_flags)
  target_precompile_headers(oubli_test_pch PRIVATE ${OUBLI_PRECOMPILED} <gmock/gmock.h> <gtest/gtest.h>)
endif()

function(oubli_module name)
  cmake_parse_arguments(M "" "" "SRCS;TESTS;DEPS;LIBS;TEST_LIBS" ${ARGN})
  set(target oubli_${name})
  add_library(${target} STATIC ${M_SRCS})
  target_link_libraries(${target} PUBLIC oubli_flags fmt::fmt ${M_LIBS})
  target_precompile_headers(${target} REUSE_FROM oubli_pch)
  foreach(dep IN LISTS M_DEPS)
    target_link_libraries(${target} PUBLIC oubli_${dep})
  endforeach()
  if(OUBLI_TESTS AND M_TESTS)
    add_executable(${target}_test ${M_TESTS})
    target_link_libraries(${target}_test PRIVATE ${target} oubli_test_flags ${M_TEST_LIBS})
    target_precompile_headers(${target}_test REUSE_FROM oubli_test_pch)
    add_test(NAME ${name} COMMAND ${target}_test)
  endif()
endfunction()
