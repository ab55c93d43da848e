// The reference library, if there is one to compare with: loaded by itself (its names are those of the library that the
// product links), from -DSLUICE_ZKP_LIBRARY=path at configure time or the environment variable of the same name. Only
// what the benchmark calls is declared here; parsed forms are opaque.
#pragma once

#include <dlfcn.h>

#include <cstdlib>

#include "support/proof_maker.h"

namespace sluice::test {

class ZkpPeer {
public:
    struct Opaque {
        alignas(8) uint8_t bytes[64];
    };
    struct OpaqueSurjection {
        alignas(8) uint8_t bytes[16384];
    };

    // nullptr if the library is not there or lacks the modules.
    static const ZkpPeer* get() {
        static const ZkpPeer peer;
        return peer.surjection_verify_ != nullptr ? &peer : nullptr;
    }

    Opaque generator(const confidential::Generator& value) const {
        Opaque out;
        CHECK(generator_parse_(context_, &out, value.serialize().data()) == 1);
        return out;
    }
    Opaque commitment(const confidential::Commitment& value) const {
        Opaque out;
        CHECK(commitment_parse_(context_, &out, value.serialize().data()) == 1);
        return out;
    }
    std::optional<confidential::ValueRange> range_verify(const Opaque& commitment, const Opaque& generator,
                                                         ByteView proof, ByteView extra) const {
        confidential::ValueRange range;
        // The library may not be given a null pointer, even for no bytes.
        const uint8_t nothing = 0;
        const uint8_t* bytes = proof.empty() ? &nothing : proof.data();
        const bool valid = range_verify_(context_, &range.min, &range.max, &commitment, bytes, proof.size(),
                                         extra.empty() ? &nothing : extra.data(), extra.size(), &generator) == 1;
        return valid ? std::optional(range) : std::nullopt;
    }
    std::optional<confidential::RangeInfo> range_info(ByteView proof) const {
        confidential::RangeInfo info;
        const uint8_t nothing = 0;
        const uint8_t* bytes = proof.empty() ? &nothing : proof.data();
        if (range_info_(context_, &info.exponent, &info.mantissa, &info.min, &info.max, bytes, proof.size()) != 1) {
            return std::nullopt;
        }
        return info;
    }
    bool surjection_verify(ByteView proof, const std::vector<Opaque>& targets, const Opaque& output) const {
        OpaqueSurjection parsed;
        return !targets.empty() && !proof.empty() &&
               surjection_parse_(context_, &parsed, proof.data(), proof.size()) == 1 &&
               surjection_verify_(context_, &parsed, targets.data(), targets.size(), &output) == 1;
    }

private:
    ZkpPeer() {
        const char* path = std::getenv("SLUICE_ZKP_LIBRARY");
#ifdef SLUICE_ZKP_LIBRARY
        if (path == nullptr) path = SLUICE_ZKP_LIBRARY;
#endif
        void* library = path == nullptr ? nullptr : dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
        if (library == nullptr) return;
        void* (*create)(unsigned) = nullptr;
        load(library, "secp256k1_context_create", create);
        load(library, "secp256k1_generator_parse", generator_parse_);
        load(library, "secp256k1_pedersen_commitment_parse", commitment_parse_);
        load(library, "secp256k1_rangeproof_verify", range_verify_);
        load(library, "secp256k1_rangeproof_info", range_info_);
        load(library, "secp256k1_surjectionproof_parse", surjection_parse_);
        if (create == nullptr || generator_parse_ == nullptr || range_verify_ == nullptr ||
            surjection_parse_ == nullptr)
            return;
        context_ = create(1);
        load(library, "secp256k1_surjectionproof_verify", surjection_verify_);
    }
    template <class F>
    static void load(void* library, const char* name, F& function) {
        function = reinterpret_cast<F>(dlsym(library, name));
    }

    void* context_ = nullptr;
    int (*generator_parse_)(void*, Opaque*, const uint8_t*) = nullptr;
    int (*commitment_parse_)(void*, Opaque*, const uint8_t*) = nullptr;
    int (*range_verify_)(void*, uint64_t*, uint64_t*, const Opaque*, const uint8_t*, size_t, const uint8_t*, size_t,
                         const Opaque*) = nullptr;
    int (*range_info_)(void*, int*, int*, uint64_t*, uint64_t*, const uint8_t*, size_t) = nullptr;
    int (*surjection_parse_)(void*, OpaqueSurjection*, const uint8_t*, size_t) = nullptr;
    int (*surjection_verify_)(void*, const OpaqueSurjection*, const Opaque*, size_t, const Opaque*) = nullptr;
};

}  // namespace sluice::test
