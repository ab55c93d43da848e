// A pool on a chain with ten confirmed coins that anyone can spend.
#pragma once

#include "mempool/chain_tip.h"
#include "mempool/mempool.h"
#include "support/deposit_maker.h"
#include "support/rule_log.h"
#include "unit/chain/chain_fixture.h"

namespace sluice::test {

struct Pooled : chain::test_support::ChainFixture {
    std::unique_ptr<mempool::ChainTipSource> tips;
    std::unique_ptr<mempool::Mempool> pool;
    std::vector<std::string> events;
    TxRef coins;  // confirmed: ten outputs

    Pooled() {
        open();
        tips = std::make_unique<mempool::ChainTipSource>(*chain, false);
        use_policy({});
        chain->add_listener([this](const chain::ChainEvent& event) { pool->on_chain_event(event); });
        BOOST_REQUIRE(chain->start().has_value());
        coins = split(params, free_coins(params), 10);
        mine({coins});
    }
    void use_policy(const mempool::PolicyOptions& policy) {
        pool = std::make_unique<mempool::Mempool>(params, policy, clock, *tips);
        pool->add_listener([this](const mempool::PoolEvent& event) {
            events.push_back((event.added ? "+" : "-") + std::string(event.added ? "" : to_string(event.reason)));
        });
    }
    [[nodiscard]] BlockHeader tip_header() const { return *chain->reader().header(chain->reader().tip().hash).value(); }
    void mine(std::vector<TxRef> txs, uint8_t salt = 0) {
        BOOST_REQUIRE(give(block_on(tip_header(), std::move(txs), salt)) == "accepted");
    }
    [[nodiscard]] test::OpenCoin coin(uint32_t i) const { return output_of(coins, i); }

    // Spends one coin into one output; everything that a test varies is an argument.
    struct Spend {
        int64_t fee = 1000;
        uint32_t sequence = 0xffffffff;
        uint8_t opcode = 0x51;
        uint32_t lock_time = 0;
    };
    [[nodiscard]] TxRef spend(const test::OpenCoin& from, Spend how) const {
        Transaction tx;
        tx.lock_time = how.lock_time;
        tx.inputs.resize(1);
        tx.inputs[0].prevout = from.outpoint;
        tx.inputs[0].sequence = how.sequence;
        TxOut out;
        out.asset = params.pegged_asset;
        out.value = Amount{from.value - how.fee};
        out.script.bytes = {how.opcode};
        tx.outputs.push_back(out);
        if (how.fee > 0) {
            out.value = Amount{how.fee};
            out.script = {};
            tx.outputs.push_back(out);
        }
        return make_tx(std::move(tx));
    }
    [[nodiscard]] TxRef spend(const test::OpenCoin& from) const { return spend(from, Spend{}); }
    std::string enter(const TxRef& tx) {
        const auto answer = pool->accept(tx);
        if (answer) return "";
        test::produced(answer.error().reason, answer.error().breach, test::Subject::kTransaction);
        return answer.error().test_accept_reason();
    }
    std::string events_text() {
        std::string out;
        for (const std::string& event : std::exchange(events, {})) out += event + " ";
        return out;
    }
};

}  // namespace sluice::test
