// CtDescriptor: a descriptor with the key that its confidential addresses are blinded for:
// "ct(slip77(...),elwpkh(...))", "ct(key,...)", "ct(elip151,...)", as Liquid's wallets exchange them. The inner
// functions may carry their "el". It holds view keys where the text has them, and shows them: such a text is for
// whoever may see amounts. Pure; any thread. Source: ELIP 150 and 151.
#pragma once

#include <variant>

#include "signing/descriptor.h"
#include "signing/key_expression.h"

namespace sluice::signing {

class CtDescriptor {
public:
    static bool is_ct(std::string_view text) { return text.starts_with("ct("); }
    // One for each path of a multipath descriptor, else exactly one.
    static Result<std::vector<CtDescriptor>> parse(std::string_view text, const ChainParams& params,
                                                   bool checksum_required = false);

    [[nodiscard]] const Descriptor& descriptor() const { return descriptor_; }
    [[nodiscard]] bool is_range() const;
    // Without the secrets that spend, and without checksum.
    [[nodiscard]] std::string to_string() const;

    struct Blinding {
        PubKey key;
        std::optional<SecretKey> secret;  // where the text lets its reader see amounts
    };
    // Of a script of the descriptor at this index. nullopt: a hardened step needs a secret that is not here.
    [[nodiscard]] std::optional<Blinding> blinding(const Script& script, uint32_t index) const;

private:
    using Slip77 = Secret<32>;
    using Key = std::variant<Slip77, SecretKey, KeyExpression>;
    CtDescriptor(Key key, std::string key_text, bool el, Descriptor descriptor)
        : key_(std::move(key)), key_text_(std::move(key_text)), el_(el), descriptor_(std::move(descriptor)) {}
    static Result<Key> parse_key(std::string_view text, const ChainParams& params);
    static Result<std::vector<CtDescriptor>> parse_elip151(std::string_view inner, bool el, const ChainParams& params);

    Key key_;
    std::string key_text_;
    bool el_ = false;
    Descriptor descriptor_;
};

}  // namespace sluice::signing
