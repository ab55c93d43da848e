// Scripts drawn from octets. The arguments that a script finds on its stack may be signatures over the script itself:
// they are slots, filled when the script is complete.
#pragma once

#include "support/slow_script/world.h"

namespace sluice::slow {

struct Slot {
    uint8_t key = 0;  // which of the test keys
    uint8_t hash_type = 1;
    bool is_plain = false;  // `bytes` as they are
    Octets bytes;
    uint8_t spoil = 0;       // how the signature is damaged or written otherwise
    size_t code_begins = 0;  // behind the separator that ran before it is checked
    uint32_t separator = 0xffffffff;
};

class Assembler {
public:
    Assembler(Draw& draw, Version version) : draw_(draw), version_(version) {}
    // Draws instructions until the stream is used up or enough are there.
    void draw_script();
    [[nodiscard]] const Octets& script() const { return script_; }
    // Appends what leaves one true element on a stack of this depth.
    void finish(size_t depth);
    // The arguments, first pushed first, with signatures over `script()`.
    [[nodiscard]] std::vector<Octets> arguments(const Spending& on, const TaprootState& state) const;

private:
    void instruction();
    void arithmetic();
    void strings();
    void numbers();
    void inspect();
    void stream();
    void check_signature();
    void check_multisig();
    void check_message();
    void curve();
    void branch();
    void limits();
    void separate();

    void op(uint8_t opcode) { script_.push_back(opcode); }
    void push(const Octets& data);
    void push_int(int64_t value);
    void push_number();
    void push_wide();
    void push_key(uint8_t which);
    // Copies argument `which`, counted from the bottom, to the top.
    void fetch(size_t which);
    size_t new_signature(uint8_t key);

    Draw& draw_;
    Version version_;
    Octets script_;
    std::vector<Slot> slots_;
    int depth_ = 0;  // of open IFs
    size_t code_begins_ = 0;
    uint32_t separator_ = 0xffffffff;
};

// Public key of test key `which`, compressed.
Octets test_key(uint8_t which);
Octets sign_digest(uint8_t which, const Digest& digest);
Octets sign_message(uint8_t which, const Octets& message);

}  // namespace sluice::slow
