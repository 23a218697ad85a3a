# Puts files into a library:
#
#   oubli_embed(admin_web
#     FUNCTION  AdminPageFiles       std::span<const EmbeddedFile> AdminPageFiles(), in NAMESPACE
#     NAMESPACE oubli::admin::web
#     ROOT      ${dir}               where the files will lie when they have been built
#     FILES     index.html app.js)   each with NAME.gz beside it
#
# The caller declares the function. What the files say may change without configuring again; which
# they are may not.
function(oubli_embed name)
  cmake_parse_arguments(E "" "FUNCTION;NAMESPACE;ROOT" "FILES" ${ARGN})
  set(source ${CMAKE_CURRENT_BINARY_DIR}/embedded_${E_FUNCTION}.cc)
  set(text "// Made by cmake/embed.cmake.\n#include <array>\n#include <span>\n\n#include \"base/embedded_file.h\"\n\n")
  set(rows "")
  set(paths "")
  set(count 0)
  foreach(file IN LISTS E_FILES)
    foreach(suffix "" ".gz")
      string(REPLACE "." "_" kind "part${suffix}")
      set(symbol "oubli_${E_FUNCTION}_${count}_${kind}")
      string(APPEND text
        "__asm__(\".section .rodata\\n\" \".global ${symbol}\\n\" \".global ${symbol}_end\\n\"\n"
        "        \"${symbol}:\\n\" \".incbin \\\"${E_ROOT}/${file}${suffix}\\\"\\n\" \"${symbol}_end:\\n\" \".byte 0\\n\" \".previous\\n\");\n"
        "extern \"C\" const char ${symbol}[], ${symbol}_end[];\n")
      list(APPEND paths ${E_ROOT}/${file}${suffix})
    endforeach()
    set(symbol "oubli_${E_FUNCTION}_${count}_part")
    string(APPEND rows
      "      EmbeddedFile{\"${file}\", Between(${symbol}, ${symbol}_end), Between(${symbol}_gz, ${symbol}_gz_end)},\n")
    math(EXPR count "${count} + 1")
  endforeach()
  string(APPEND text
    "\nnamespace ${E_NAMESPACE} {\nnamespace {\n"
    "std::string_view Between(const char* begin, const char* end) {\n"
    "  return {begin, static_cast<size_t>(end - begin)};\n}\n}  // namespace\n\n"
    "std::span<const EmbeddedFile> ${E_FUNCTION}() {\n"
    "  static const std::array<EmbeddedFile, ${count}> kFiles = {\n${rows}  };\n"
    "  return kFiles;\n}\n\n}  // namespace ${E_NAMESPACE}\n")
  file(CONFIGURE OUTPUT ${source} CONTENT "${text}" @ONLY)
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS "${paths}" SKIP_LINTING ON
                                                  SKIP_UNITY_BUILD_INCLUSION ON)
  target_sources(oubli_${name} PRIVATE ${source})
endfunction()
