// Real Liquid and Elements data decodes, re-encodes to the byte, and has the ids and sizes that the reference computed.
#include "codec/hex.h"
#include "consensus/primitives/block.h"
#include "consensus/primitives/issuance.h"
#include "consensus/primitives/merkle.h"
#include "crypto/hash.h"
#include "support/vectors.h"

namespace sluice {
namespace {

Bytes hex(const nlohmann::json& text) { return from_hex(text.get<std::string>()).value(); }

BOOST_AUTO_TEST_CASE(transactions) {
    const auto file = test::load_vectors("liquid/transactions.json");
    if (!file) return;
    size_t count = 0;
    for (const auto& c : file->at("cases")) {
        const Bytes raw = hex(c["hex"]);
        const TxRef tx = parse_tx(raw);
        BOOST_TEST_CONTEXT("txid " << c["txid"]) {
            BOOST_REQUIRE(tx != nullptr);
            BOOST_TEST(to_hex(encode_tx(tx->tx)) == to_hex(raw));
            BOOST_TEST(to_display(tx->txid) == c["txid"].get<std::string>());
            BOOST_TEST(to_display(tx->wtxid) == c["wtxid"].get<std::string>());
            BOOST_TEST(to_display(witness_hash(tx->tx)) == c["withash"].get<std::string>());
            BOOST_TEST(tx->size == c["size"].get<uint32_t>());
            BOOST_TEST(tx->weight() == c["weight"].get<uint32_t>());
        }
        ++count;
    }
    test::report_cases("liquid/transactions.json", count);
}

void check_header(const BlockHeader& header, const nlohmann::json& c) {
    BOOST_TEST(to_display(compute_hash(header)) == c["hash"].get<std::string>());
    BOOST_TEST(to_display(header.prev) == c["prev"].get<std::string>());
    BOOST_TEST(to_display(header.merkle_root) == c["merkle_root"].get<std::string>());
    BOOST_TEST(header.time == c["time"].get<uint32_t>());
    BOOST_TEST(header.height == c["height"].get<uint32_t>());
    BOOST_TEST(header.is_dynafed() == c["dynafed"].get<bool>());
}

BOOST_AUTO_TEST_CASE(headers) {
    const auto file = test::load_vectors("liquid/headers.json");
    if (!file) return;
    size_t count = 0;
    for (const auto& c : file->at("cases")) {
        BOOST_TEST_CONTEXT("header " << c["hash"]) {
            const Bytes raw = hex(c["hex"]);
            const auto header = parse_header(raw);
            BOOST_REQUIRE(header.has_value());
            BOOST_TEST(to_hex(encode_header(*header)) == to_hex(raw));
            check_header(*header, c);
        }
        ++count;
    }
    test::report_cases("liquid/headers.json", count);
}

BOOST_AUTO_TEST_CASE(blocks) {
    const auto file = test::load_vectors("liquid/blocks.json");
    if (!file) return;
    size_t count = 0;
    for (const auto& c : file->at("cases")) {
        BOOST_TEST_CONTEXT("block " << c["hash"]) {
            const Bytes raw = hex(c["hex"]);
            const auto block = parse_block(raw);
            BOOST_REQUIRE(block.has_value());
            BOOST_TEST(to_hex(encode_block(*block)) == to_hex(raw));
            check_header(block->header, c);
            BOOST_TEST(block->transactions.size() == c["n_tx"].get<size_t>());
            BOOST_TEST((tx_merkle_root(block->transactions).root == block->header.merkle_root) ==
                       c["merkle_root_ok"].get<bool>());
            BOOST_TEST(block_size(*block).full == raw.size());
        }
        ++count;
    }
    test::report_cases("liquid/blocks.json", count);
}

// As other libraries write an asset: an id for people, or a field as it is serialized.
std::optional<std::string> read_asset(const std::string& text) {
    const std::optional<Bytes> bytes = from_hex(text);
    if (!bytes) return std::nullopt;
    if (bytes->size() == 32) return to_display(from_display<AssetId>(text).value());
    const auto asset = decode<ConfidentialAsset>(*bytes);
    if (!asset || asset->is_null()) return std::nullopt;
    return asset->is_explicit() ? to_display(asset->explicit_value()) : to_hex(encode(*asset));
}

BOOST_AUTO_TEST_CASE(assets) {
    const auto file = test::load_vectors("liquid/liquidjs_asset.json");
    if (!file) return;
    size_t count = 0;
    const nlohmann::json& cases = file->at("data").at("fromHex");
    for (const auto& c : cases.at("valid")) {
        BOOST_TEST((read_asset(c["hex"]) == c["expected"].get<std::string>()), c["hex"]);
        ++count;
    }
    for (const auto& c : cases.at("invalid")) {
        BOOST_TEST(!read_asset(c["hex"]).has_value(), c["hex"]);
        ++count;
    }
    test::report_cases("liquid/liquidjs_asset.json", count);
}

OutPoint point_of(const std::string& prevout) {
    const size_t colon = prevout.find(':');
    return {from_display<Txid>(prevout.substr(0, colon)).value(),
            static_cast<uint32_t>(std::stoul(prevout.substr(colon + 1)))};
}

void check_issuance(const nlohmann::json& c) {
    const auto contract = from_display<AssetEntropy>(c["contract_hash"].get<std::string>()).value();
    const AssetEntropy entropy = issuance_entropy(point_of(c["prevout"]), contract);
    BOOST_TEST(to_display(entropy) == c["entropy"].get<std::string>());
    if (c.contains("asset")) BOOST_TEST(to_display(issued_asset(entropy)) == c["asset"].get<std::string>());
    if (c.contains("token") && c.contains("confidential")) {
        BOOST_TEST(to_display(reissuance_token(entropy, c["confidential"].get<bool>())) ==
                   c["token"].get<std::string>());
    }
}

// What an issuance commits to: the SHA256 of its contract, with sorted keys and no spaces.
AssetEntropy hash_of_contract(nlohmann::json contract) {
    if (contract.is_string()) contract = nlohmann::json::parse(contract.get<std::string>());
    const std::string text = contract.dump();
    return AssetEntropy::from(sha256(ByteView(reinterpret_cast<const uint8_t*>(text.data()), text.size())));
}

// From the registry: somebody's contract makes exactly this asset of this coin.
void check_registered(const nlohmann::json& entry) {
    const nlohmann::json& coin = entry["issuance_prevout"];
    const OutPoint point{from_display<Txid>(coin["txid"].get<std::string>()).value(), coin["vout"].get<uint32_t>()};
    const AssetEntropy entropy = issuance_entropy(point, hash_of_contract(entry["contract"]));
    BOOST_TEST(to_display(issued_asset(entropy)) == entry["asset_id"].get<std::string>());
}

BOOST_AUTO_TEST_CASE(issuances) {
    const auto file = test::load_vectors("liquid/issuance.json");
    if (!file) return;
    size_t count = 0;
    size_t skipped = 0;
    for (const auto& c : file->at("cases")) {
        if (c.contains("prevout") && c.contains("contract_hash") && c.contains("entropy")) {
            check_issuance(c);
        } else if (c.contains("contract_json")) {
            BOOST_TEST(to_display(hash_of_contract(c["contract_json"])) == c["contract_hash"].get<std::string>());
        } else if (c.contains("contractJSON")) {
            BOOST_TEST(to_display(hash_of_contract(c["contractJSON"])) == c["contractHash"].get<std::string>());
        } else if (c.contains("registry_entry") && c["registry_entry"].contains("contract")) {
            check_registered(c["registry_entry"]);
        } else {
            ++skipped;  // a coin and nothing to compute from it
            continue;
        }
        ++count;
    }
    test::report_cases("liquid/issuance.json", count, skipped);
}
}  // namespace
}  // namespace sluice
