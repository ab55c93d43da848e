// Every blinded output and issuance of the golden chains opens, with its key, to what secrets.json says.
#include <map>

#include "codec/hex.h"
#include "consensus/primitives/block.h"
#include "support/golden.h"
#include "wallet/unblind.h"

using namespace sluice;
using namespace sluice::wallet;
using nlohmann::json;

namespace {

std::map<std::string, TxRef> transactions_of(const test::GoldenChain& chain) {
    std::map<std::string, TxRef> out;
    const auto add = [&](const TxRef& tx) { out.emplace(to_display(tx->txid), tx); };
    for (const char* file : {"blocks.dat", "reorg.dat"}) {
        for (const Bytes& bytes : test::read_blocks(chain.folder / file)) {
            const auto block = decode<Block>(bytes);
            if (!block) continue;
            for (const TxRef& tx : block->transactions) add(tx);
        }
    }
    for (const json& item : test::read_json(chain.folder / "txs.json")) {
        if (const auto bytes = from_hex(item["hex"].get<std::string>())) {
            if (const TxRef tx = parse_tx(*bytes)) add(tx);
        }
    }
    return out;
}

SecretKey key_of(const json& item) {
    return SecretKey::from_bytes(*from_hex(item["blinding_key"].get<std::string>())).value();
}

std::optional<Opened> open(const json& item, const Transaction& tx, const AssetId& pegged, const SecretKey& key) {
    if (!item.contains("issuance")) return open_output(tx.outputs.at(item["vout"].get<size_t>()), key, pegged);
    const AmountPart part = item["what"] == "t" ? AmountPart::kTokens : AmountPart::kIssued;
    return open_issuance(tx.inputs.at(item["input"].get<size_t>()), part, &key);
}

BOOST_AUTO_TEST_CASE(what_golden_chains_hide_opens_to_their_secrets) {
    size_t run = 0;
    size_t not_there = 0;
    test::for_each_golden([&](const test::GoldenChain& chain) {
        const json secrets = test::read_json(chain.folder / "secrets.json");
        if (secrets.empty()) return;
        const auto transactions = transactions_of(chain);
        const SecretKey stranger = SecretKey::generate();
        for (const json& item : secrets) {
            const auto found = transactions.find(item["txid"].get<std::string>());
            if (found == transactions.end()) {
                ++not_there;
                continue;
            }
            BOOST_TEST_CONTEXT(chain.name << " " << item.dump()) {
                const Transaction& tx = found->second->tx;
                const auto opened = open(item, tx, chain.params.pegged_asset, key_of(item));
                BOOST_REQUIRE(opened.has_value());
                BOOST_TEST(opened->value.sat == item["value"].get<int64_t>());
                BOOST_TEST(to_display(opened->asset) == item["asset"].get<std::string>());
                BOOST_TEST(to_display(opened->value_blind) == item["vbf"].get<std::string>());
                if (item.contains("abf")) BOOST_TEST(to_display(opened->asset_blind) == item["abf"].get<std::string>());
                if (run % 16 == 0) BOOST_TEST(!open(item, tx, chain.params.pegged_asset, stranger).has_value());
                ++run;
            }
        }
    });
    BOOST_TEST_MESSAGE("golden/*/secrets.json: " << run << " blinded amounts opened, " << not_there
                                                 << " of transactions that are not stored");
}

}  // namespace
