# Tests beside the tree: test/unit/<module>/*.cpp -> unit_<module>, test/vectors/<module>/*.cpp -> vectors_<module>
# test/simulator/<module>/*.cpp -> simulator_<module> (Boost.Test, shared library), test/fuzz/<module>/*.cpp -> one fuzz target a file. A test links its module and test/support.
find_path(RAPIDCHECK_INCLUDE rapidcheck.h REQUIRED)
find_library(RAPIDCHECK_LIB rapidcheck REQUIRED)

# Compiled once, linked into every Boost.Test binary.
add_library(sluice_boost_main OBJECT ${CMAKE_SOURCE_DIR}/test/support/boost_main.cpp)
target_compile_definitions(sluice_boost_main PRIVATE BOOST_TEST_DYN_LINK)
target_link_libraries(sluice_boost_main PRIVATE sluice_flags Boost::unit_test_framework)
add_library(sluice_fuzz_main OBJECT ${CMAKE_SOURCE_DIR}/test/fuzz/replay_main.cpp)
target_link_libraries(sluice_fuzz_main PRIVATE sluice_flags)

# Where test/support/rule_log.h writes.
set(SLUICE_RULE_LOG ${CMAKE_BINARY_DIR}/produced_rules)
file(MAKE_DIRECTORY ${SLUICE_RULE_LOG})

# The reference library, a peer of the confidential benchmark where a system has it; nothing links it.
if(SLUICE_BENCH)
    find_library(SLUICE_ZKP_LIBRARY NAMES secp256k1_zkp secp256k1-zkp)
endif()

# Everything that `ctest -L "unit|fuzz"` runs.
add_custom_target(unit_tests)

function(sluice_boost_test target label)
    add_test(NAME ${target} COMMAND ${target} --log_level=message --report_level=short)
    set_tests_properties(${target} PROPERTIES LABELS ${label} SKIP_RETURN_CODE 77
        ENVIRONMENT "SLUICE_SOURCE_DIR=${CMAKE_SOURCE_DIR};SLUICE_VECTORS_DEFAULT=${CMAKE_SOURCE_DIR}/../shared/vectors;SLUICE_RULE_LOG=${SLUICE_RULE_LOG}")
    # What these refuse is compared with the rule tables.
    if(target MATCHES "^unit_(rules|mempool|chain|fed_rules)$")
        set_tests_properties(${target} PROPERTIES FIXTURES_SETUP produced_rules)
    endif()
endfunction()

function(sluice_module_tests name)
    cmake_parse_arguments(T "" "" "LIBS" ${ARGN})
    foreach(kind unit vectors simulator)
        file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/test/${kind}/${name}/*.cpp)
        if(sources)
            add_executable(${kind}_${name} ${sources} $<TARGET_OBJECTS:sluice_boost_main>)
            target_compile_definitions(${kind}_${name} PRIVATE BOOST_TEST_DYN_LINK)
            target_include_directories(${kind}_${name} PRIVATE ${CMAKE_SOURCE_DIR}/test ${RAPIDCHECK_INCLUDE})
            target_link_libraries(${kind}_${name} PRIVATE sluice_flags sluice_${name} Boost::unit_test_framework
                nlohmann_json::nlohmann_json ${RAPIDCHECK_LIB} ${T_LIBS})
            set_target_properties(${kind}_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test)
            sluice_unity(${kind}_${name})
            sluice_boost_test(${kind}_${name} ${kind})
            if(kind STREQUAL unit)
                add_dependencies(unit_tests ${kind}_${name})
            endif()
        endif()
    endforeach()
    file(GLOB fuzzers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/test/fuzz/${name}/*.cpp)
    foreach(source IN LISTS fuzzers)
        get_filename_component(fuzzer ${source} NAME_WE)
        sluice_fuzz(fuzz_${fuzzer} ${source} ${name} ${fuzzer})
    endforeach()
    if(SLUICE_BENCH)
        file(GLOB benches CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/test/bench/${name}/*.cpp)
        if(benches)
            find_package(benchmark REQUIRED)
            add_executable(bench_${name} ${benches})
            target_include_directories(bench_${name} PRIVATE ${CMAKE_SOURCE_DIR}/test)
            target_link_libraries(bench_${name} PRIVATE sluice_flags sluice_${name} benchmark::benchmark_main ${T_LIBS})
            if(SLUICE_ZKP_LIBRARY)
                target_compile_definitions(bench_${name} PRIVATE SLUICE_ZKP_LIBRARY="${SLUICE_ZKP_LIBRARY}")
            endif()
            set_target_properties(bench_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
        endif()
    endif()
endfunction()

# A fuzz target defines LLVMFuzzerTestOneInput. Without libFuzzer a small main replays test/fuzz/corpus/<fuzzer>/* once.
function(sluice_fuzz target source module fuzzer)
    add_executable(${target} ${source})
    target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/test)
    target_link_libraries(${target} PRIVATE sluice_flags sluice_${module})
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
    if(SLUICE_FUZZ)
        target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    else()
        target_sources(${target} PRIVATE $<TARGET_OBJECTS:sluice_fuzz_main>)
    endif()
    add_test(NAME ${target} COMMAND ${target} ${CMAKE_SOURCE_DIR}/test/fuzz/corpus/${fuzzer})
    set_tests_properties(${target} PROPERTIES LABELS fuzz)
    add_dependencies(unit_tests ${target})
endfunction()
