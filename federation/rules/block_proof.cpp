#include "federation/rules/block_proof.h"

#include "consensus/script/templates.h"
#include "consensus/script/verify.h"
#include "crypto/ecdsa.h"

namespace sluice::fed_rules {

namespace {

// No lock times, no taproot: a proof answers for the block hash alone.
constexpr script::Flags kProofFlags = script::kVerifyP2sh | script::kVerifyStrictEnc | script::kVerifyNullDummy |
                                      script::kVerifyCleanStack | script::kVerifyMinimalData |
                                      script::kVerifySigPushOnly | script::kVerifyLowS | script::kVerifyWitness;

class BlockChecker final : public script::SignatureChecker {
public:
    explicit BlockChecker(const BlockHash& hash) : digest_(Hash256::from(hash)) {}

    // With a hash type byte it must be SIGHASH_ALL. The digest does not cover it: there is only one thing to sign.
    [[nodiscard]] bool check_ecdsa(ByteView signature, ByteView pubkey, ByteView /*script_code*/, script::SigVersion,
                                   script::Flags flags) const override {
        if (signature.empty()) return false;
        if ((flags & script::kNoSighashByte) == 0) {
            if (signature.back() != script::kSighashAll) return false;
            signature = signature.first(signature.size() - 1);
        }
        return verify_ecdsa(pubkey, signature, digest_);
    }

private:
    Hash256 digest_;
};

bool check_proof(const BlockHash& hash, uint32_t limit, const Script& challenge, const Script& solution,
                 const WitnessStack& witness) {
    SizeWriter size;
    Writer& w = size;
    describe_stack(w, witness);
    if (solution.size() > limit || size.size() > limit) return false;
    script::Flags flags = kProofFlags;
    if (witness.empty()) flags |= script::kNoSighashByte;
    return script::verify_script(solution, challenge, witness, flags, BlockChecker(hash)).has_value();
}

// Signatures that go with `keys`, in their order, at most `required`.
std::vector<Bytes> pick(const BlockHash& hash, const std::vector<PubKey>& keys, size_t required,
                        const std::vector<BlockSignature>& signatures) {
    std::vector<Bytes> out;
    for (const PubKey& key : keys) {
        for (const BlockSignature& signature : signatures) {
            if (out.size() == required) return out;
            if (signature.key.compressed() != key.compressed() || !verify_block_signature(hash, signature)) continue;
            out.push_back(signature.signature);
            break;
        }
    }
    return out;
}

// What a script of a known shape wants on its stack before the script itself; nullopt for other shapes.
std::optional<WitnessStack> satisfy(const Script& script, const BlockHash& hash,
                                    const std::vector<BlockSignature>& signatures) {
    if (script.size() == 1 && script.bytes[0] == script::OP_TRUE) return WitnessStack{};
    if (const auto multisig = parse_signing_script(script)) {
        WitnessStack out = pick(hash, multisig->keys, static_cast<size_t>(multisig->required), signatures);
        out.insert(out.begin(), Bytes{});  // the element that CHECKMULTISIG takes and does not use
        return out;
    }
    const script::Template shape = script::classify(script.view());
    if (shape.kind != script::TemplateKind::kPubkey) return std::nullopt;
    const auto key = PubKey::parse(shape.parts[0]);
    if (!key) return std::nullopt;
    return pick(hash, {*key}, 1, signatures);
}

std::optional<WitnessStack> satisfy_key_hash(ByteView key_hash, const BlockHash& hash,
                                             const std::vector<BlockSignature>& signatures) {
    for (const BlockSignature& signature : signatures) {
        if (!equal(signature.key.hash160().view(), key_hash) || !verify_block_signature(hash, signature)) continue;
        Bytes with_type = signature.signature;
        with_type.push_back(script::kSighashAll);
        return WitnessStack{std::move(with_type), to_bytes(signature.key.view())};
    }
    return WitnessStack{};
}

std::optional<WitnessStack> dynafed_witness(const Script& program_script, const Script& script, const BlockHash& hash,
                                            const std::vector<BlockSignature>& signatures) {
    const auto program = script::parse_witness_program(program_script.view());
    if (program && program->is_key_hash()) return satisfy_key_hash(program->program, hash, signatures);
    if (!program || program_script != script::p2wsh_of(script)) return std::nullopt;
    auto witness = satisfy(script, hash, signatures);
    if (!witness) return std::nullopt;
    for (Bytes& item : *witness) {
        if (!item.empty()) item.push_back(script::kSighashAll);
    }
    witness->push_back(script.bytes);
    return witness;
}

}  // namespace

bool check_block_proof(const BlockHeader& header, const ChainParams& params) {
    const BlockHash hash = compute_hash(header);
    if (hash == params.genesis_hash) return true;
    if (!header.is_dynafed()) {
        return check_proof(hash, params.max_block_signature_size, params.signblockscript, header.proof().solution, {});
    }
    const DynafedHeader& dynafed = header.dynafed();
    return check_proof(hash, dynafed.current.signblock_witness_limit, dynafed.current.signblockscript, {},
                       dynafed.signblock_witness);
}

bool check_signed_parent_proof(const BlockHeader& header, const Script& signblockscript, uint32_t max_signature_size) {
    if (header.is_dynafed()) return true;
    return check_proof(compute_hash(header), max_signature_size, signblockscript, header.proof().solution, {});
}

BlockSignature sign_block(const BlockHash& hash, const SecretKey& key) {
    return {key.pubkey(), sign_ecdsa(key, Hash256::from(hash))};
}

bool verify_block_signature(const BlockHash& hash, const BlockSignature& signature) {
    Bytes with_type = signature.signature;
    with_type.push_back(script::kSighashAll);
    return is_strict_der(with_type) && is_low_s(signature.signature) &&
           verify_ecdsa(signature.key.view(), signature.signature, Hash256::from(hash));
}

std::optional<SigningScript> parse_signing_script(const Script& script) {
    const script::Template shape = script::classify(script.view());
    if (shape.kind != script::TemplateKind::kMultisig) return std::nullopt;
    SigningScript out{shape.required, {}};
    for (const Bytes& bytes : shape.parts) {
        const auto key = PubKey::parse(bytes);
        if (!key) return std::nullopt;
        out.keys.push_back(*key);
    }
    return out;
}

std::optional<BlockHeader> seal(BlockHeader header, const Script& script,
                                const std::vector<BlockSignature>& signatures) {
    const BlockHash hash = compute_hash(header);
    if (auto* dynafed = std::get_if<DynafedHeader>(&header.seal)) {
        auto witness = dynafed_witness(dynafed->current.signblockscript, script, hash, signatures);
        if (!witness) return std::nullopt;
        dynafed->signblock_witness = std::move(*witness);
        return header;
    }
    const auto stack = satisfy(script, hash, signatures);
    if (!stack) return std::nullopt;
    script::ScriptBuilder solution;
    for (const Bytes& item : *stack) solution.push(item);
    std::get<BlockProof>(header.seal).solution = solution.build();
    return header;
}

}  // namespace sluice::fed_rules
