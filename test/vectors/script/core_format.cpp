#include "vectors/script/core_format.h"

#include <set>
#include <sstream>
#include <stdexcept>

#include "codec/hex.h"
#include "codec/reader.h"
#include "consensus/script/script.h"

namespace sluice::script::test {

Bytes parse_script(const std::string& text) {
    ScriptBuilder builder;
    std::istringstream words(text);
    std::string word;
    while (words >> word) {
        const bool numeric = word.find_first_not_of("0123456789", word[0] == '-' ? 1 : 0) == std::string::npos;
        if (numeric && word != "-") {
            builder.number(std::stoll(word));
        } else if (word.starts_with("0x")) {
            const auto raw = from_hex(word.substr(2));
            if (!raw) throw std::runtime_error("bad hex in script: " + word);
            for (const uint8_t byte : *raw) builder.op(byte);
        } else if (word.size() >= 2 && word.front() == '\'' && word.back() == '\'') {
            builder.push(as_bytes(std::string_view(word).substr(1, word.size() - 2)));
        } else if (const auto opcode = opcode_from_name(word)) {
            builder.op(*opcode);
        } else {
            throw std::runtime_error("unknown word in script: " + word);
        }
    }
    return builder.bytes();
}

const std::map<std::string, Flags>& flag_names() {
    static const std::map<std::string, Flags> kNames = {
        {"P2SH", kVerifyP2sh},
        {"STRICTENC", kVerifyStrictEnc},
        {"DERSIG", kVerifyDerSig},
        {"LOW_S", kVerifyLowS},
        {"SIGPUSHONLY", kVerifySigPushOnly},
        {"MINIMALDATA", kVerifyMinimalData},
        {"NULLDUMMY", kVerifyNullDummy},
        {"DISCOURAGE_UPGRADABLE_NOPS", kVerifyDiscourageUpgradableNops},
        {"CLEANSTACK", kVerifyCleanStack},
        {"MINIMALIF", kVerifyMinimalIf},
        {"NULLFAIL", kVerifyNullFail},
        {"CHECKLOCKTIMEVERIFY", kVerifyCheckLockTimeVerify},
        {"CHECKSEQUENCEVERIFY", kVerifyCheckSequenceVerify},
        {"WITNESS", kVerifyWitness},
        {"DISCOURAGE_UPGRADABLE_WITNESS_PROGRAM", kVerifyDiscourageUpgradableWitnessProgram},
        {"WITNESS_PUBKEYTYPE", kVerifyWitnessPubkeyType},
        {"CONST_SCRIPTCODE", kVerifyConstScriptCode},
        {"TAPROOT", kVerifyTaproot},
        {"DISCOURAGE_UPGRADABLE_PUBKEYTYPE", kVerifyDiscourageUpgradablePubkeyType},
        {"DISCOURAGE_OP_SUCCESS", kVerifyDiscourageOpSuccess},
        {"DISCOURAGE_UPGRADABLE_TAPROOT_VERSION", kVerifyDiscourageUpgradableTaprootVersion},
        {"SIMPLICITY", kVerifySimplicity},
    };
    return kNames;
}

Flags parse_flags(const std::string& names) {
    Flags flags = kVerifyNone;
    std::istringstream words(names);
    std::string word;
    while (std::getline(words, word, ',')) {
        if (word == "NONE") continue;
        const auto found = flag_names().find(word);
        if (found == flag_names().end()) throw std::runtime_error("unknown flag: " + word);
        flags |= found->second;
    }
    return flags;
}

BitcoinTx parse_bitcoin_tx(ByteView bytes) {
    Reader r(bytes);
    BitcoinTx tx;
    tx.version = r.i32();
    bool has_witness = false;
    if (r.remaining() > 2 && r.rest()[0] == 0 && r.rest()[1] == 1) {
        r.take(2);
        has_witness = true;
    }
    list(r, tx.ins, 41, [](Reader& in, BitcoinIn& out) {
        field(in, out.prevout);
        field(in, out.script_sig);
        field(in, out.sequence);
    });
    list(r, tx.outs, 9, [](Reader& in, BitcoinOut& out) {
        field(in, out.value);
        field(in, out.script);
    });
    if (has_witness) {
        for (BitcoinIn& in : tx.ins) list(r, in.witness, 1);
    }
    tx.locktime = r.u32();
    if (!r.finish()) throw std::runtime_error("bad Bitcoin transaction");
    return tx;
}

namespace {
void write_stripped(Writer& w, const BitcoinTx& tx) {
    w.i32(tx.version);
    list(w, tx.ins, 41, [](Writer& out, const BitcoinIn& in) {
        describe(out, in.prevout);
        field(out, in.script_sig);
        field(out, in.sequence);
    });
    list(w, tx.outs, 9, [](Writer& out, const BitcoinOut& in) {
        field(out, in.value);
        field(out, in.script);
    });
    w.u32(tx.locktime);
}
}  // namespace

Hash256 bitcoin_txid(const BitcoinTx& tx) {
    HashWriter hash;
    write_stripped(hash, tx);
    return hash.sha256d();
}

bool is_sane_bitcoin_tx(const BitcoinTx& tx) {
    if (tx.ins.empty() || tx.outs.empty()) return false;
    SizeWriter size;
    write_stripped(size, tx);
    if (size.size() > 1'000'000) return false;
    int64_t total = 0;
    for (const BitcoinOut& out : tx.outs) {
        if (!in_money_range({out.value})) return false;
        total += out.value;
        if (!in_money_range({total})) return false;
    }
    std::set<OutPoint> seen;
    for (const BitcoinIn& in : tx.ins) {
        if (!seen.insert(in.prevout).second) return false;
    }
    if (tx.ins.size() == 1 && tx.ins[0].prevout.is_null()) {
        return tx.ins[0].script_sig.size() >= 2 && tx.ins[0].script_sig.size() <= 100;
    }
    for (const BitcoinIn& in : tx.ins) {
        if (in.prevout.is_null()) return false;
    }
    return true;
}

Bytes bitcoin_value(int64_t value) {
    ByteWriter w;
    w.i64(value);
    return w.release();
}

}  // namespace sluice::script::test
