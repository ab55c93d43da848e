// The forms in which Bitcoin's script vectors are written: script text, flag names, Bitcoin transactions and their
// digests.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "consensus/primitives/transaction.h"
#include "consensus/script/flags.h"
#include "consensus/script/sighash_layout.h"

namespace sluice::script::test {

// Words are numbers, 0x-prefixed raw bytes, 'quoted data', or opcode names with or without OP_. Throws on anything
// else.
Bytes parse_script(const std::string& text);
// "P2SH,WITNESS"; throws on an unknown name.
Flags parse_flags(const std::string& names);
const std::map<std::string, Flags>& flag_names();

struct BitcoinOut {
    int64_t value = 0;
    Bytes script;
};
struct BitcoinIn {
    OutPoint prevout;
    Bytes script_sig;
    uint32_t sequence = 0xffffffff;
    WitnessStack witness;
};
struct BitcoinTx {
    int32_t version = 1;
    std::vector<BitcoinIn> ins;
    std::vector<BitcoinOut> outs;
    uint32_t locktime = 0;
};
// BIP144 with or without witness; throws on bad bytes.
BitcoinTx parse_bitcoin_tx(ByteView bytes);
Hash256 bitcoin_txid(const BitcoinTx& tx);
// The context-free rules of Bitcoin that its invalid-transaction vectors exercise.
bool is_sane_bitcoin_tx(const BitcoinTx& tx);
Bytes bitcoin_value(int64_t value);

class BitcoinLayout {
public:
    static constexpr bool kElements = false;
    explicit BitcoinLayout(const BitcoinTx& tx) : tx_(tx) {}
    [[nodiscard]] size_t inputs() const { return tx_.ins.size(); }
    [[nodiscard]] size_t outputs() const { return tx_.outs.size(); }
    [[nodiscard]] int32_t version() const { return tx_.version; }
    [[nodiscard]] uint32_t lock_time() const { return tx_.locktime; }
    [[nodiscard]] uint32_t sequence(size_t i) const { return tx_.ins[i].sequence; }
    [[nodiscard]] bool has_issuance(size_t) const { return false; }
    void write_issuance(Writer&, size_t) const {}
    void write_proofs(Writer&, size_t) const {}
    void write_prevout(Writer& w, size_t i) const { describe(w, tx_.ins[i].prevout); }
    void write_output(Writer& w, size_t i) const {
        w.i64(tx_.outs[i].value);
        w.var_bytes(tx_.outs[i].script);
    }
    void write_blank_output(Writer& w) const {
        w.i64(-1);
        w.compact_size(0);
    }

private:
    const BitcoinTx& tx_;
};

}  // namespace sluice::script::test
