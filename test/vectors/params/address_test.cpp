// Addresses and secret keys of public vectors, both ways.
#include "consensus/params/address.h"
#include "codec/hex.h"
#include "consensus/params/chain_params.h"
#include "consensus/params/wif.h"
#include "support/vectors.h"

using namespace sluice;
using nlohmann::json;

namespace {

struct BitcoinFormat {
    AddressFormat address;
    uint8_t secret;
};
std::optional<BitcoinFormat> bitcoin(const std::string& chain) {
    if (chain == "main") return BitcoinFormat{{0, 5, 4, "bc", "bc"}, 128};
    if (chain == "test" || chain == "signet" || chain == "testnet4")
        return BitcoinFormat{{111, 196, 4, "tb", "tb"}, 239};
    if (chain == "regtest") return BitcoinFormat{{111, 196, 4, "bcrt", "bcrt"}, 239};
    return std::nullopt;
}

std::string flip_case(std::string text) {
    for (char& c : text) {
        const auto u = static_cast<unsigned char>(c);
        c = static_cast<char>(std::isupper(u) ? std::tolower(u) : std::toupper(u));
    }
    return text;
}

AddressFormat format_of(const char* chain) {
    const auto params = make_chain_params(chain, Options{});
    BOOST_REQUIRE(params.has_value());
    return params->address;
}

// The chains whose address this is, with what it says there.
std::vector<std::pair<std::string, Address>> readings(const std::string& text) {
    std::vector<std::pair<std::string, Address>> out;
    for (const char* chain : {"liquidv1", "liquidtestnet", "elementsregtest"}) {
        if (auto address = decode_address(text, format_of(chain))) out.emplace_back(chain, *address);
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(key_io_valid) {
    const auto file = test::load_vectors("core/key_io_valid.json");
    if (!file) return;
    size_t run = 0;
    size_t skipped = 0;
    for (const json& row : *file) {
        const std::string text = row[0];
        const std::string expected = row[1];
        const auto format = bitcoin(row[2].value("chain", ""));
        if (!format) {
            ++skipped;
            continue;
        }
        BOOST_TEST_CONTEXT(text) {
            if (row[2].value("isPrivkey", false)) {
                const auto key = decode_wif(text, format->secret);
                BOOST_REQUIRE(key.has_value());
                BOOST_TEST(to_hex(key->key.view()) == expected);
                BOOST_TEST(key->compressed == row[2].value("isCompressed", false));
                BOOST_TEST(encode_wif(key->key, key->compressed, format->secret) == text);
                BOOST_TEST(!decode_address(text, format->address).has_value());
            } else {
                const auto address = decode_address(text, format->address);
                BOOST_REQUIRE(address.has_value());
                BOOST_TEST(to_hex(address->script.view()) == expected);
                BOOST_TEST(encode_address(*address, format->address).value_or("") == text);
                const auto flipped = decode_address(flip_case(text), format->address);
                BOOST_TEST(flipped.has_value() == row[2].value("tryCaseFlip", false));
                if (flipped) BOOST_TEST(to_hex(flipped->script.view()) == expected);
                BOOST_TEST(!decode_wif(text, format->secret));
            }
        }
        ++run;
    }
    test::report_cases("core/key_io_valid.json", run, skipped);
}

BOOST_AUTO_TEST_CASE(key_io_invalid) {
    const auto file = test::load_vectors("core/key_io_invalid.json");
    if (!file) return;
    size_t run = 0;
    for (const json& row : *file) {
        const std::string text = row[0];
        for (const char* chain : {"main", "test", "signet", "regtest"}) {
            const auto format = bitcoin(chain);
            BOOST_TEST(!decode_address(text, format->address).has_value());
            BOOST_TEST(!decode_wif(text, format->secret));
        }
        ++run;
    }
    test::report_cases("core/key_io_invalid.json", run);
}

BOOST_AUTO_TEST_CASE(liquid_addresses) {
    const auto file = test::load_vectors("liquid/addresses.json");
    if (!file) return;
    size_t run = 0;
    for (const json& c : (*file)["cases"]) {
        const std::string text = c["address"];
        BOOST_TEST_CONTEXT(text) {
            const auto found = readings(text);
            BOOST_TEST(!found.empty() == c["valid"].get<bool>());
            for (const auto& [chain, address] : found) {
                BOOST_TEST(encode_address(address, format_of(chain.c_str())).value_or("") == text);
                if (c.contains("blinded")) BOOST_TEST(address.blinding_key.has_value() == c["blinded"].get<bool>());
                if (c.contains("blinding_pubkey") && c["blinding_pubkey"].is_string()) {
                    BOOST_REQUIRE(address.blinding_key.has_value());
                    BOOST_TEST(to_hex(address.blinding_key->view()) == c["blinding_pubkey"].get<std::string>());
                }
                if (c.contains("unconfidential") && c["unconfidential"].is_string()) {
                    const Address plain{address.script, std::nullopt};
                    BOOST_TEST(encode_address(plain, format_of(chain.c_str())).value_or("") ==
                               c["unconfidential"].get<std::string>());
                }
            }
        }
        ++run;
    }
    test::report_cases("liquid/addresses.json", run);
}

BOOST_AUTO_TEST_CASE(liquidjs_addresses) {
    const auto file = test::load_vectors("liquid/liquidjs_address.json");
    if (!file) return;
    size_t run = 0;
    for (const json& c : (*file)["data"].value("standard", json::array())) {
        const std::string plain = c.contains("bech32") ? c["bech32"] : c["base58check"];
        const std::string blinded = c.value("confidentialAddress", "");
        BOOST_TEST_CONTEXT(plain) {
            const auto found = readings(plain);
            BOOST_TEST(!found.empty());
            for (auto [chain, address] : found) {
                if (blinded.empty()) continue;
                address.blinding_key = BlindingKey::from_view(*from_hex(c["blindkey"].get<std::string>()));
                BOOST_TEST(encode_address(address, format_of(chain.c_str())).value_or("") == blinded);
                const auto back = decode_address(blinded, format_of(chain.c_str()));
                BOOST_REQUIRE(back.has_value());
                BOOST_TEST((*back == address));
            }
        }
        ++run;
    }
    test::report_cases("liquid/liquidjs_address.json", run);
}
