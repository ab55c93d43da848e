# sluice_unity(target): with SLUICE_UNITY, target's files are compiled eight at a time. A build that starts from nothing then
# takes half the time, because nlohmann's json, Boost.Test and the standard library are read and instantiated once for eight
# files. For such builds only (test/run.sh, share/quickstart.sh): one change compiles eight files, and a missing #include hides.
option(SLUICE_UNITY "Compile several files at once, for builds that start from nothing" OFF)

# Their files use one name for different things, or need compiler flags of their own.
set(sluice_separate sluice_confidential unit_confidential vectors_confidential unit_script unit_agreement unit_pset
    unit_rpc unit_signer sluice_wallet unit_wallet)

# Stands alone so that a test can put its own in its place.
set_source_files_properties(src/util/declassify.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)

function(sluice_unity target)
    if(SLUICE_UNITY AND NOT target IN_LIST sluice_separate)
        set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
        # A file's own types are in the unnamed namespace of what includes it, which is not a header here.
        target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
    endif()
endfunction()
