// Opcodes of the slow reading that compute with 64 bits and look at the transaction (protocol page "script", section
// 4).
#include "support/slow_script/curve.h"
#include "support/slow_script/digest.h"
#include "support/slow_script/machine.h"
#include "support/slow_script/tokens.h"

namespace sluice::slow {

namespace {
const Int kTop = Int(1) << 63;

// Eight octets as a number with sign.
Int signed64(const Octets& item) {
    const Int value = from_magnitude(item);
    return value >= kTop ? Int(value - 2 * kTop) : value;
}
bool fits(const Int& value) { return value >= -kTop && value < kTop; }
Octets eight(const Int& value) {
    Octets out = magnitude(value < 0 ? Int(value + 2 * kTop) : value);
    out.resize(8, 0);
    return out;
}
}  // namespace

bool Machine::wide(uint8_t opcode) {
    if (opcode < 0xd7 || opcode > 0xe2) return false;
    if (opcode == 0xe0) {  // SCRIPTNUMTOLE64
        want(1);
        const Int value = read(1);
        drop(1);
        push(eight(value));
        return true;
    }
    if (opcode == 0xe1) {  // LE64TOSCRIPTNUM
        want(1);
        if (at(1).size() != 8) refuse("EXPECTED_8BYTES");
        const Octets narrow = script_number(signed64(at(1)));
        if (narrow.size() > 4) refuse("ARITHMETIC64");
        drop(1);
        push(narrow);
        return true;
    }
    if (opcode == 0xe2) {  // LE32TOLE64
        want(1);
        if (at(1).size() != 4) refuse("ARITHMETIC64");
        push(eight(from_magnitude(pop())));
        return true;
    }
    const size_t operands = opcode == 0xdb ? 1 : 2;
    want(operands);
    for (size_t i = 1; i <= operands; ++i) {
        if (at(i).size() != 8) refuse("EXPECTED_8BYTES");
    }
    const Int b = signed64(at(1));
    const Int a = operands == 2 ? signed64(at(2)) : b;
    if (opcode >= 0xdc) {
        drop(2);
        push_truth(opcode == 0xdc ? a < b : opcode == 0xdd ? a <= b : opcode == 0xde ? a > b : a >= b);
        return true;
    }
    std::vector<Int> results;
    if (opcode == 0xd7) results = {a + b};
    if (opcode == 0xd8) results = {a - b};
    if (opcode == 0xd9) results = {a * b};
    if (opcode == 0xdb) results = {-a};
    if (opcode == 0xda && b != 0) {
        // The quotient for which the remainder lies in [0, |b|).
        const Int size = abs(b);
        const Int remainder = ((a % size) + size) % size;
        results = {remainder, (a - remainder) / b};
    }
    bool good = !results.empty();
    for (const Int& result : results) good = good && fits(result);
    if (good) {
        drop(operands);
        for (const Int& result : results) push(eight(result));
    }
    push_truth(good);
    return true;
}

void Machine::push_asset(const ConfidentialAsset& asset) {
    const Octets wire = asset_octets(asset);
    push({wire.begin() + 1, wire.end()});
    push({wire[0]});
}

void Machine::push_money(const ConfidentialValue& value) {
    const Octets wire = value_octets(value);
    if (value.is_commitment()) {
        push({wire.begin() + 1, wire.end()});
        push({wire[0]});
        return;
    }
    push_le(value.is_null() ? 0 : static_cast<uint64_t>(value.explicit_value().sat), 8);
    push({1});
}

void Machine::push_script(const Script& script) {
    const Octets bytes(script.bytes.begin(), script.bytes.end());
    const Program program = read_program(bytes);
    push(program.version >= 0 ? program.bytes : octets(sha(bytes)));
    push_int(program.version);
}

bool Machine::inspect(uint8_t opcode) {
    const Transaction& tx = on_.tx;
    switch (opcode) {
        case 0xcd: push_int(Int(on_.index)); return true;
        case 0xd2: push_le(static_cast<uint32_t>(tx.version), 4); return true;
        case 0xd3: push_le(tx.lock_time, 4); return true;
        case 0xd4: push_int(Int(tx.inputs.size())); return true;
        case 0xd5: push_int(Int(tx.outputs.size())); return true;
        case 0xd6: push_le(transaction_weight(tx), 8); return true;
        default: break;
    }
    const bool of_input = opcode >= 0xc7 && opcode <= 0xcc;
    const bool of_output = opcode >= 0xce && opcode <= 0xd1;
    if (!of_input && !of_output) return false;
    want(1);
    const Int wanted = read(1);
    drop(1);
    if (wanted < 0 || wanted >= (of_input ? tx.inputs.size() : tx.outputs.size()))
        refuse("INTROSPECT_INDEX_OUT_OF_BOUNDS");
    const auto i = static_cast<size_t>(wanted);
    switch (opcode) {
        case 0xc7: {
            const auto id = tx.inputs[i].prevout.txid.view();
            push({id.begin(), id.end()});
            push_le(tx.inputs[i].prevout.index, 4);
            push({input_flags(tx.inputs[i])});
            return true;
        }
        case 0xc8: push_asset(on_.spent[i].asset); return true;
        case 0xc9: push_money(on_.spent[i].value); return true;
        case 0xca: push_script(on_.spent[i].script); return true;
        case 0xcb: push_le(tx.inputs[i].sequence, 4); return true;
        case 0xcc: {
            const AssetIssuance& issuance = tx.inputs[i].issuance;
            if (issuance.is_null()) {
                push({});
                return true;
            }
            push_money(issuance.inflation_keys);
            push_money(issuance.amount);
            const auto entropy = issuance.entropy.view();
            push({entropy.begin(), entropy.end()});
            const auto nonce = issuance.blinding_nonce.view();
            push({nonce.begin(), nonce.end()});
            return true;
        }
        case 0xce: push_asset(tx.outputs[i].asset); return true;
        case 0xcf: push_money(tx.outputs[i].value); return true;
        case 0xd0: push(tx.outputs[i].nonce.is_null() ? Octets{} : nonce_octets(tx.outputs[i].nonce)); return true;
        default: push_script(tx.outputs[i].script); return true;
    }
}

}  // namespace sluice::slow
