// The main of every Boost.Test binary; BOOST_TEST_MODULE and BOOST_TEST_DYN_LINK come from the build.
#include <boost/test/unit_test.hpp>
