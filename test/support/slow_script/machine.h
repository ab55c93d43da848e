// The stack machine of the slow reading. A refusal is thrown as its short name.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>

#include "support/slow_script/slow_script.h"

namespace sluice::slow {

using Int = boost::multiprecision::cpp_int;

struct Refusal {
    std::string name;
};
[[noreturn]] void refuse(const char* name);

// Little-endian magnitude of a non-negative number, no zero at its end.
Octets magnitude(Int value);
Int from_magnitude(const Octets& bytes);
// How script writes numbers: magnitude with a sign bit on top.
Octets script_number(const Int& value);
bool is_true(const Octets& item);

class Machine {
public:
    Machine(const Spending& on, Version version, std::vector<Octets> stack, const Octets& script, TaprootState& state)
        : on_(on), version_(version), script_(script), state_(state), stack_(std::move(stack)) {}
    void run();
    [[nodiscard]] const std::vector<Octets>& stack() const { return stack_; }

private:
    void step(uint8_t opcode, size_t end);
    bool flow(uint8_t opcode);
    bool shuffle(uint8_t opcode);
    bool text(uint8_t opcode);
    bool arithmetic(uint8_t opcode);
    bool random_number(uint8_t opcode);
    bool hash(uint8_t opcode);
    bool lock(uint8_t opcode);
    bool signature(uint8_t opcode, size_t end);
    bool multisig(uint8_t opcode);
    bool from_stack(uint8_t opcode);
    bool stream(uint8_t opcode);
    bool wide(uint8_t opcode);
    bool points(uint8_t opcode);
    bool inspect(uint8_t opcode);

    [[nodiscard]] bool has(uint32_t flag) const { return (on_.flags & flag) != 0; }
    [[nodiscard]] bool tapscript() const { return version_ == Version::kTapscript; }
    void want(size_t items) const;
    // 1 is the top.
    [[nodiscard]] const Octets& at(size_t depth) const { return stack_[stack_.size() - depth]; }
    Octets pop();
    void drop(size_t items);
    void push(Octets item) { stack_.push_back(std::move(item)); }
    void push_truth(bool value) { push(value ? Octets{1} : Octets{}); }
    void push_int(const Int& value) { push(script_number(value)); }
    void push_le(uint64_t value, size_t width);
    void push_script(const Script& script);
    void push_money(const ConfidentialValue& value);
    void push_asset(const ConfidentialAsset& asset);
    [[nodiscard]] Int read(size_t depth, size_t most = 4) const;
    // After a truth was pushed by a VERIFY form.
    void verify(const char* otherwise);
    void spend_budget();
    void check_encoding(const Octets& sig, const Octets& key, uint32_t flags) const;
    [[nodiscard]] Octets code() const;
    void forget(Octets& code, const Octets& sig) const;
    [[nodiscard]] bool ecdsa(const Octets& sig, const Octets& key, const Octets& code) const;
    bool signed_by(const Octets& sig, const Octets& key);

    const Spending& on_;
    Version version_;
    const Octets& script_;
    TaprootState& state_;
    std::vector<Octets> stack_;
    std::vector<Octets> aside_;
    std::vector<bool> branches_;
    size_t code_begins_ = 0;
    int counted_ = 0;
    uint32_t position_ = 0;
};

// Signature by a 32-byte key over the transaction; throws where it does not hold.
void demand_schnorr(const Spending& on, const Octets& sig, const Octets& key, bool script_path,
                    const TaprootState& state);

}  // namespace sluice::slow
