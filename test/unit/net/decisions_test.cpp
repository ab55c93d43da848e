#include <boost/test/unit_test.hpp>
#include <random>

#include "p2p/net/address_book.h"
#include "p2p/net/ban_list.h"
#include "p2p/net/detail/dialer.h"
#include "p2p/net/net_options.h"

using namespace sluice;
using namespace sluice::net;
using namespace std::chrono_literals;

namespace {

constexpr int64_t kNow = 1'700'000'000;

wire::NetAddress ip(const std::string& text, uint16_t port = 7042) { return *wire::parse_ip(text, port); }

RandomBelow seeded(uint64_t seed) {
    auto engine = std::make_shared<std::mt19937_64>(seed);
    return [engine](uint64_t below) { return (*engine)() % below; };
}

wire::PeerAddress peer(const std::string& text, int64_t time = kNow) {
    return {static_cast<uint32_t>(time), 9, ip(text)};
}

std::string nth(uint32_t n) {
    return "8." + std::to_string(n >> 16 & 255) + "." + std::to_string(n >> 8 & 255) + "." + std::to_string(n & 255);
}

const NetworkDefaults kDefaults = {{}, 7042, {"seed.example"}, {}};

Options with(std::initializer_list<std::pair<std::string, std::string>> all) {
    Options options;
    for (const auto& [name, value] : all) options.add(name, value);
    return options;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(subnets)

BOOST_AUTO_TEST_CASE(ranges_contain_what_they_say) {
    BOOST_CHECK(parse_subnet("1.2.0.0/16")->contains(ip("1.2.200.3")));
    BOOST_CHECK(!parse_subnet("1.2.0.0/16")->contains(ip("1.3.0.1")));
    BOOST_CHECK(parse_subnet("1.2.3.4/255.255.0.0")->contains(ip("1.2.200.3")));
    BOOST_CHECK(parse_subnet("1.2.3.4")->contains(ip("1.2.3.4", 9)));
    BOOST_CHECK(!parse_subnet("1.2.3.4")->contains(ip("1.2.3.5")));
    BOOST_CHECK(parse_subnet("2001:470::/32")->contains(ip("2001:470:1::9")));
    BOOST_CHECK(!parse_subnet("0.0.0.0/0")->contains(ip("2001:470::1")));
    BOOST_CHECK_EQUAL(parse_subnet("1.2.3.4/20")->to_string(), "1.2.0.0/20");
    for (const char* bad : {"", "1.2.3.4/33", "1.2.3.4/255.0.255.0", "x/8", "1.2.3.4/", "1.2.3.4/-1"}) {
        BOOST_CHECK_MESSAGE(!parse_subnet(bad), bad);
    }
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(ban_lists)

BOOST_AUTO_TEST_CASE(bans_end_and_survive_saving) {
    BanList bans;
    bans.ban(*parse_subnet("1.2.0.0/16"), kNow, kNow + 100);
    BOOST_CHECK(bans.is_banned(ip("1.2.3.4"), kNow + 99));
    BOOST_CHECK(!bans.is_banned(ip("1.2.3.4"), kNow + 100));
    BanList again;
    BOOST_CHECK(again.load(bans.save(), kNow));
    BOOST_CHECK(again.is_banned(ip("1.2.3.4"), kNow));
    BOOST_CHECK_EQUAL(again.list(kNow).at(0).created, kNow);
    BanList late;
    BOOST_CHECK(late.load(bans.save(), kNow + 200));
    BOOST_CHECK(late.list(kNow).empty());
    BOOST_CHECK(!late.load(Bytes(5, 9), kNow));
    BOOST_CHECK(bans.unban(*parse_subnet("1.2.0.0/16")));
    BOOST_CHECK(!bans.unban(*parse_subnet("1.2.0.0/16")));
}

BOOST_AUTO_TEST_CASE(discouragement_is_of_the_host_and_bounded) {
    BanList bans;
    bans.discourage(ip("8.0.0.1", 5));
    BOOST_CHECK(bans.is_discouraged(ip("8.0.0.1", 6)));
    for (uint32_t i = 2; i < 12'000; ++i) bans.discourage(ip(nth(i)));
    BOOST_CHECK(!bans.is_discouraged(ip("8.0.0.1", 6)));
    BOOST_CHECK(bans.is_discouraged(ip(nth(11'999))));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(address_books)

BOOST_AUTO_TEST_CASE(only_routable_addresses_are_kept) {
    AddressBook book({1, 2}, seeded(1));
    BOOST_CHECK_EQUAL(book.add({peer("10.0.0.1"), peer("127.0.0.1"), peer("8.8.8.8")}, ip("9.9.9.9"), kNow, 0), 1u);
    BOOST_CHECK_EQUAL(book.size(), 1u);
    const auto picked = book.pick(kNow, [](const auto&) { return true; });
    BOOST_REQUIRE(picked.has_value());
    BOOST_CHECK_EQUAL(picked->address.to_string(), "8.8.8.8:7042");
}

BOOST_AUTO_TEST_CASE(one_source_cannot_fill_the_book) {
    AddressBook book({3, 4}, seeded(2));
    std::vector<wire::PeerAddress> flood;
    for (uint32_t i = 1; i < 100'000; ++i) flood.push_back(peer(nth(i * 131)));
    book.add(flood, ip("9.9.9.9"), kNow, 0);
    BOOST_CHECK_LE(book.size(), 64u * 64u);  // 64 of 1024 buckets
}

BOOST_AUTO_TEST_CASE(proven_addresses_outlive_a_flood) {
    AddressBook book({5, 6}, seeded(3));
    book.add({peer("20.1.2.3")}, ip("9.9.9.9"), kNow, 0);
    book.proven(ip("20.1.2.3"), 9, kNow);
    BOOST_CHECK_EQUAL(book.proven_count(), 1u);
    for (uint32_t source = 1; source < 300; ++source) {
        std::vector<wire::PeerAddress> flood;
        for (uint32_t i = 1; i < 300; ++i) flood.push_back(peer(nth(source * 7919 + i * 131)));
        book.add(flood, ip(std::to_string(30 + source % 150) + "." + std::to_string(source % 250) + ".0.1"), kNow, 0);
    }
    int hits = 0;
    for (int i = 0; i < 100; ++i) {
        const auto picked = book.pick(kNow + 3600, [](const auto&) { return true; });
        hits += picked && picked->address == ip("20.1.2.3") ? 1 : 0;
    }
    BOOST_CHECK_GT(hits, 20);
}

BOOST_AUTO_TEST_CASE(addresses_that_never_answer_are_given_up) {
    AddressBook book({7, 8}, seeded(4));
    book.add({peer("8.8.8.8")}, ip("9.9.9.9"), kNow, 0);
    for (int i = 0; i < 3; ++i) book.attempted(ip("8.8.8.8"), kNow + i);
    BOOST_CHECK(!book.pick(kNow + 3600, [](const auto&) { return true; }).has_value());
    BOOST_CHECK(book.sample(1000, 0, kNow + 3600).empty());
}

BOOST_AUTO_TEST_CASE(a_book_survives_saving_and_damage_is_noticed) {
    AddressBook book({9, 10}, seeded(5));
    std::vector<wire::PeerAddress> some;
    for (uint32_t i = 1; i < 200; ++i) some.push_back(peer(nth(i * 65537)));
    book.add(some, ip("9.9.9.9"), kNow, 0);
    book.proven(some[0].address, 9, kNow);
    const Bytes bytes = book.save();
    const auto again = AddressBook::load(bytes, seeded(6));
    BOOST_REQUIRE(again != nullptr);
    BOOST_CHECK_EQUAL(again->size(), book.size());
    BOOST_CHECK_EQUAL(again->proven_count(), 1u);
    BOOST_CHECK(again->save() == bytes);
    BOOST_CHECK(AddressBook::load(ByteView(bytes).first(bytes.size() / 2), seeded(6)) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_sample_is_bounded) {
    AddressBook book({11, 12}, seeded(7));
    std::vector<wire::PeerAddress> some;
    for (uint32_t i = 1; i < 1000; ++i) some.push_back(peer(nth(i * 65537)));
    for (uint32_t s = 0; s < 10; ++s) {
        const size_t from = s * 99;
        book.add({some.begin() + from, some.begin() + from + 99}, ip(std::to_string(40 + s) + ".1.1.1"), kNow, 0);
    }
    BOOST_CHECK_EQUAL(book.sample(10, 0, kNow).size(), 10u);
    BOOST_CHECK_LE(book.sample(1000, 23, kNow).size(), book.size() * 23 / 100 + 1);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(dialling)

BOOST_AUTO_TEST_CASE(waits_grow_and_are_forgotten_after_success) {
    net::detail::Dialer dialer;
    const SteadyTime start{};
    const auto never = [](const std::string&) { return false; };
    BOOST_CHECK(dialer.add("a"));
    BOOST_CHECK(!dialer.add("a"));
    BOOST_CHECK_EQUAL(dialer.due(start, never).size(), 1u);
    BOOST_CHECK(dialer.due(start + 1h, never).empty());  // being tried
    dialer.ended("a", start);
    BOOST_CHECK(dialer.due(start + 400ms, never).empty());
    BOOST_CHECK_EQUAL(dialer.due(start + 600ms, never).size(), 1u);
    dialer.ended("a", start);
    BOOST_CHECK(dialer.due(start + 900ms, never).empty());
    for (int i = 0; i < 10; ++i) dialer.ended("a", start);
    BOOST_CHECK(dialer.due(start + 29s, never).empty());
    BOOST_CHECK_EQUAL(dialer.due(start + 31s, never).size(), 1u);
    dialer.succeeded("a");
    dialer.ended("a", start);
    BOOST_CHECK_EQUAL(dialer.due(start + 1s, never).size(), 1u);
    BOOST_CHECK(dialer.remove("a"));
    BOOST_CHECK(!dialer.remove("a"));
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(options)

BOOST_AUTO_TEST_CASE(the_users_words_become_options) {
    const auto plain = net_options(Options{}, kDefaults);
    BOOST_REQUIRE(plain.has_value());
    BOOST_CHECK(plain->listen && plain->dns_seed && !plain->connect_only);
    BOOST_CHECK_EQUAL(plain->default_port, 7042);

    const auto connect = net_options(with({{"connect", "127.0.0.1:9"}, {"port", "18000"}}), kDefaults);
    BOOST_CHECK(!connect->listen && !connect->dns_seed && connect->connect_only);
    BOOST_CHECK_EQUAL(connect->default_port, 18000);

    const auto none = net_options(with({{"connect", "0"}}), kDefaults);
    BOOST_CHECK(none->connect_only && none->connect.empty());

    const auto bound = net_options(with({{"connect", "h"}, {"bind", "127.0.0.1"}}), kDefaults);
    BOOST_CHECK(bound->listen);
    BOOST_CHECK_EQUAL(bound->binds.at(0).to_string(), "127.0.0.1:7042");
}

BOOST_AUTO_TEST_CASE(permissions_are_read) {
    const auto named = [](const Permissions& permissions) {
        std::string out;
        for (const std::string& name : to_strings(permissions)) out += (out.empty() ? "" : " ") + name;
        return out;
    };
    const auto list = [&](const std::string& text, const char* more = nullptr) {
        Options options = with({{"whitelist", text}});
        if (more != nullptr) options.add(more, "1");
        return net_options(options, kDefaults)->whitelist.at(0);
    };
    BOOST_CHECK_EQUAL(named(list("127.0.0.1").permissions), "noban relay mempool download");
    BOOST_CHECK_EQUAL(named(list("127.0.0.1", "whitelistforcerelay").permissions),
                      "noban forcerelay relay mempool download");
    BOOST_CHECK_EQUAL(named(list("noban@127.0.0.1", "whitelistforcerelay").permissions), "noban download");
    BOOST_CHECK_EQUAL(named(list("forcerelay,bloom@127.0.0.1").permissions), "bloomfilter forcerelay relay");
    BOOST_CHECK_EQUAL(named(list("all@127.0.0.0/8").permissions),
                      "bloomfilter noban forcerelay relay mempool download addr");
    const TrustedSubnet both = list("noban,in,out@127.0.0.1");
    BOOST_CHECK(both.inbound && both.outbound);
    const TrustedSubnet out = list("noban,out@127.0.0.1");
    BOOST_CHECK(!out.inbound && out.outbound);
    const auto refused = [](const char* option, const char* text) {
        return net_options(with({{option, text}}), kDefaults).error().message;
    };
    BOOST_CHECK_EQUAL(refused("whitelist", "in,out@127.0.0.1"),
                      "Only direction was set, no permissions: 'in,out@127.0.0.1'");
    BOOST_CHECK_EQUAL(refused("whitelist", "oopsie@127.0.0.1"), "Invalid P2P permission: 'oopsie'");
    BOOST_CHECK_EQUAL(refused("whitelist", "noban@127.0.0.1:230"),
                      "Invalid netmask specified in -whitelist: '127.0.0.1:230'");
    BOOST_CHECK_EQUAL(refused("whitebind", "noban@127.0.0.1/10"), "Cannot resolve -whitebind address: '127.0.0.1/10'");
    BOOST_CHECK_EQUAL(refused("whitebind", "noban,out@127.0.0.1:9"),
                      "whitebind may only be used for incoming connections (\"out\" was passed)");
}

BOOST_AUTO_TEST_CASE(mistakes_are_named) {
    BOOST_CHECK_EQUAL(net_options(with({{"bind", "nonsense"}}), kDefaults).error().message,
                      "Cannot resolve -bind address: 'nonsense'");
    BOOST_CHECK(!net_options(with({{"proxy", "127.0.0.1:9050"}}), kDefaults).has_value());
    BOOST_CHECK(net_options(with({{"proxy", "0"}}), kDefaults).has_value());
    BOOST_CHECK_EQUAL(net_options(with({{"onlynet", "onion"}}), kDefaults).error().message,
                      "Unknown network specified in -onlynet: 'onion'");
    BOOST_CHECK(!net_options(with({{"port", "0"}}), kDefaults).has_value());
    BOOST_CHECK(!net_options(with({{"port", "x"}}), kDefaults).has_value());
    BOOST_CHECK(!net_options(with({{"addnode", "h:99999"}}), kDefaults).has_value());
    BOOST_CHECK(!net_options(with({{"listen", "0"}, {"bind", "127.0.0.1"}}), kDefaults).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
