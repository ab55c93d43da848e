// The main of every Boost.Test binary; BOOST_TEST_DYN_LINK comes from the build.
#define BOOST_TEST_MODULE sluice
#include <boost/test/unit_test.hpp>
