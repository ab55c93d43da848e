// The main of every Boost.Test binary; BOOST_TEST_DYN_LINK comes from the build.
#define BOOST_TEST_MODULE sluice
#include <boost/test/unit_test.hpp>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SLUICE_UNDER_TSAN
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define SLUICE_UNDER_TSAN
#endif
#ifdef SLUICE_UNDER_TSAN
// The system's LevelDB is not instrumented: the sanitizer sees its memory and not its locks.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() { return "race:libleveldb.so\n"; }
#endif
