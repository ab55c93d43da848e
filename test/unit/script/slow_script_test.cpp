// consensus/script agrees with the slow reading on cases drawn at random, and the draw is worth something: it produces
// successes and a good part of all errors.
#include <boost/test/unit_test.hpp>
#include <map>
#include <random>

#include "support/slow_script/compare.h"

namespace sluice::slow {
namespace {

std::map<std::string, size_t> run_cases(uint32_t seed, size_t count, bool whole_spends) {
    std::mt19937 random(seed);
    std::map<std::string, size_t> verdicts;
    for (size_t i = 0; i < count; ++i) {
        Octets stream(50 + random() % 400);
        for (uint8_t& byte : stream) byte = static_cast<uint8_t>(random());
        Draw draw(stream);
        const Comparison result = whole_spends ? compare(draw_spend(draw)) : compare(draw_script(draw));
        BOOST_TEST(result.difference.empty(), result.difference);
        ++verdicts[result.verdict];
    }
    std::string summary;
    for (const auto& [verdict, times] : verdicts) summary += " " + verdict + "=" + std::to_string(times);
    BOOST_TEST_MESSAGE("verdicts:" << summary);
    return verdicts;
}

BOOST_AUTO_TEST_CASE(spends_agree_with_the_slow_reading) {
    const auto verdicts = run_cases(1, 1500, true);
    BOOST_TEST(verdicts.size() > 25);
    BOOST_TEST(verdicts.at("OK") > 100);
}

BOOST_AUTO_TEST_CASE(scripts_agree_with_the_slow_reading) {
    const auto verdicts = run_cases(2, 2000, false);
    BOOST_TEST(verdicts.size() > 25);
    BOOST_TEST(verdicts.at("OK") > 50);
}

}  // namespace
}  // namespace sluice::slow
