# Compiler flags, third-party packages, ccache. Everything here is Debian 12's.
find_package(PkgConfig REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(leveldb REQUIRED)
# Debian's target names snappy, whose headers and link name are not installed; the shared library loads it by itself.
set_target_properties(leveldb::leveldb PROPERTIES INTERFACE_LINK_LIBRARIES Threads::Threads)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Boost 1.74 REQUIRED COMPONENTS unit_test_framework program_options)
find_package(Threads REQUIRED)
pkg_check_modules(LIBEVENT REQUIRED IMPORTED_TARGET libevent libevent_pthreads)
pkg_check_modules(SECP256K1 REQUIRED IMPORTED_TARGET libsecp256k1)
pkg_check_modules(ZMQ REQUIRED IMPORTED_TARGET libzmq)

find_program(CCACHE ccache)
if(CCACHE)
    # Builds of one source tree in several folders share their results.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
        CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()

add_library(sluice_flags INTERFACE)
target_compile_options(sluice_flags INTERFACE -Wall -Wextra -Werror -Wnon-virtual-dtor -Wimplicit-fallthrough
    -fno-omit-frame-pointer -fstack-protector-strong)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    target_compile_options(sluice_flags INTERFACE -Wthread-safety)
else()
    # g++ 12 reports these falsely through std::variant, std::optional and std::vector.
    target_compile_options(sluice_flags INTERFACE -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds
        -Wno-restrict -Wno-stringop-overread -Wno-dangling-pointer)
endif()
target_compile_definitions(sluice_flags INTERFACE _FORTIFY_SOURCE=2 SPDLOG_COMPILED_LIB SPDLOG_FMT_EXTERNAL)
if(SLUICE_SANITIZE)
    target_compile_options(sluice_flags INTERFACE -fsanitize=${SLUICE_SANITIZE} -fno-sanitize-recover=all -U_FORTIFY_SOURCE)
    target_link_options(sluice_flags INTERFACE -fsanitize=${SLUICE_SANITIZE})
endif()
option(SLUICE_COMPARE_LADDERS "Run every implementation of the proof arithmetic and abort where they differ" OFF)
if(SLUICE_COMPARE_LADDERS)
    target_compile_definitions(sluice_flags INTERFACE SLUICE_COMPARE_LADDERS)
endif()
if(SLUICE_FUZZ)
    target_compile_options(sluice_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
find_program(LLD ld.lld)
if(LLD)
    target_link_options(sluice_flags INTERFACE -fuse-ld=lld)
endif()
