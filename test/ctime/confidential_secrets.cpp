// Fixed time of confidential/secret and of the keys that it derives from: under valgrind's memcheck every secret is
// marked as undefined, so that a branch or an address that depends on one is reported like the use of memory that was
// never set. What the code declares public is marked defined by the function below, which stands in for the module's
// own. Exit 77 (skipped) without valgrind.
#include <cstdio>
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#else
#define RUNNING_ON_VALGRIND 0
#define VALGRIND_MAKE_MEM_UNDEFINED(at, size) ((void)(at), (void)(size))
#define VALGRIND_MAKE_MEM_DEFINED(at, size) ((void)(at), (void)(size))
#define VALGRIND_GET_VBITS(at, bits, size) ((void)(at), (void)(bits), (void)(size), 0)
#endif

#include "confidential/secret/blinding_keys.h"
#include "confidential/secret/output.h"
#include "confidential/secret/range_sign.h"
#include "confidential/secret/surjection_sign.h"
#include "confidential/secret/whitelist_sign.h"
#include "util/declassify.h"

namespace sluice {
void declassify(const void* at, size_t size) { (void)VALGRIND_MAKE_MEM_DEFINED(at, size); }
}  // namespace sluice

using namespace sluice;
using namespace sluice::confidential;

namespace {

void hide(ByteView bytes) { (void)VALGRIND_MAKE_MEM_UNDEFINED(bytes.data(), bytes.size()); }
void hide(uint64_t& value) { (void)VALGRIND_MAKE_MEM_UNDEFINED(&value, sizeof(value)); }

// Whether memcheck still takes all of these bytes for secret: that the marks are not lost on the way.
bool is_hidden(ByteView bytes) {
    if (!RUNNING_ON_VALGRIND) return true;
    Bytes bits(bytes.size());
    return VALGRIND_GET_VBITS(bytes.data(), bits.data(), bits.size()) == 1 &&
           std::ranges::count(bits, 0xff) == std::ssize(bits);
}
bool is_hidden(const uint64_t& value) { return is_hidden({reinterpret_cast<const uint8_t*>(&value), sizeof(value)}); }

BlindingFactor blind(uint8_t fill) {
    BlindingFactor out = BlindingFactor::from_bytes(Bytes(32, fill)).value();
    hide(out.view());
    return out;
}
SecretKey secret_key(uint8_t fill) {
    SecretKey out = SecretKey::from_bytes(Bytes(32, fill)).value();
    hide(out.view());
    return out;
}

bool check(bool good, const char* what) {
    if (!good) std::printf("failed: %s\n", what);
    return good;
}

bool range_proofs() {
    bool good = true;
    AssetTag asset = AssetTag::from_view(Bytes(32, 5));
    hide(asset.view());
    const BlindingFactor asset_blind = blind(6);
    const BlindingFactor value_blind = blind(7);
    const auto generator = blinded_generator(asset, asset_blind);
    good &= check(generator.has_value(), "blinded generator");
    for (const uint64_t plain : {uint64_t{0}, uint64_t{1}, uint64_t{1234567890}, (uint64_t{1} << 51) - 1}) {
        for (const RangeParams& params : {RangeParams{0, 0, 52}, RangeParams{0, 2, 8}, RangeParams{plain, -1, 0}}) {
            uint64_t value = plain;
            hide(value);
            const auto commitment = commit_value(value, value_blind, *generator);
            Bytes nonce(32, 9);
            Bytes message(params.exponent == 0 ? 64 : 0, 3);
            hide(nonce);
            hide(message);
            const auto proof =
                sign_range_proof({*commitment, *generator, {}}, params, value, value_blind, nonce, message);
            good &= check(proof.has_value(), "range proof");
            const auto opened = rewind_range_proof({*commitment, *generator, {}}, *proof, nonce);
            good &= check(opened && is_hidden(opened->blind.view()), "rewind");
            // A value that the proof's header tells is none.
            good &= check(params.exponent < 0 || is_hidden(opened->value), "the value of a rewound proof");
            good &= check(is_hidden(opened->message), "the message of a rewound proof");
        }
    }
    return good;
}

bool sums() {
    std::vector<Opening> openings;
    for (uint8_t i = 1; i < 4; ++i) {
        openings.push_back({i, blind(i), blind(static_cast<uint8_t>(i + 10))});
        hide(openings.back().value);
    }
    const std::span<const Opening> all(openings);
    const BlindingFactor last = balancing_blind(all.first(1), all.subspan(1, 1), openings[2]);
    return check(is_hidden(last.view()), "the balancing blind is a secret too");
}

bool surjection() {
    const AssetTag asset = AssetTag::from_view(Bytes(32, 5));
    std::vector<GeneratorBytes> targets;
    for (uint8_t i = 1; i < 4; ++i) targets.push_back(*blinded_generator(asset, blind(i)));
    const auto output = blinded_generator(asset, blind(20));
    const SurjectionChoice choice{{1, 1, 1}, 1};
    return check(sign_surjection_proof(choice, targets, *output, blind(2), blind(20)).has_value(), "surjection proof");
}

bool whitelist() {
    std::vector<PubKey> online;
    std::vector<PubKey> offline;
    for (uint8_t i = 1; i < 4; ++i) {
        online.push_back(secret_key(i).pubkey());
        offline.push_back(secret_key(static_cast<uint8_t>(i + 10)).pubkey());
    }
    const SecretKey destination = secret_key(30);
    const PubKey to = destination.pubkey();
    const SecretKey summed = secret_key(12).add_tweak(destination.view()).value();
    bool good = check(is_hidden(summed.view()), "the sum of the offline key and the destination");
    good &= check(sign_whitelist_proof(online, offline, to, secret_key(2), summed, 1).has_value(), "whitelist proof");
    return good;
}

// From a wallet's seed to the nonce of an output.
bool derived_keys() {
    Bytes seed(64, 21);
    hide(seed);
    const Secret<32> master = slip77_master_key(seed);
    bool good = check(is_hidden(master.view()), "the master blinding key");
    const auto key = blinding_key(master.view(), Bytes(22, 22));
    good &= check(key && is_hidden(key->view()), "a blinding key");
    const Secret<32> nonce = output_nonce(*key, secret_key(23).pubkey());
    good &= check(is_hidden(nonce.view()), "the nonce of an output");
    return good;
}

// Whole outputs and issuances, made and opened, and what a PSET shows of them.
bool outputs() {
    OpenedOutput what{AssetTag::from_view(Bytes(32, 5)), {5000, blind(6), blind(7)}};
    hide(what.asset.view());
    hide(what.opening.value);
    const SecretKey receiver = secret_key(8);
    const SecretKey ephemeral = secret_key(9);
    const Bytes script(22, 10);
    const auto made = blind_output(what, script, true, receiver.pubkey(), ephemeral, {});
    bool good = check(made.has_value(), "blinded output");
    const auto opened = open_output(
        {made->generator, std::nullopt, made->commitment, ephemeral.pubkey(), made->range_proof, script}, receiver);
    good &= check(opened && is_hidden(opened->asset.view()) && is_hidden(opened->opening.value) &&
                      is_hidden(opened->opening.asset_blind.view()) && is_hidden(opened->opening.value_blind.view()),
                  "opened output");
    good &= check(prove_asset(AssetTag::from_view(Bytes(32, 5)), made->generator, what.opening.asset_blind).has_value(),
                  "proof of an asset");
    Opening told{5000, blind(6), blind(7)};  // such a proof shows the value
    good &= check(prove_value(made->commitment, made->generator, told, Bytes(32, 11)).has_value(), "proof of a value");

    OpenedOutput issued{AssetTag::from_view(Bytes(32, 12)), {77, BlindingFactor(), blind(13)}};
    hide(issued.opening.value);
    const auto issuance = blind_issuance(issued, receiver, {});
    good &= check(issuance.has_value(), "blinded issuance");
    const SealedOutput sealed{std::nullopt, issued.asset,          issuance->commitment,
                              std::nullopt, issuance->range_proof, {}};
    good &= check(open_output(sealed, receiver).has_value(), "opened issuance");
    return good;
}

}  // namespace

int main() {
    int bad = 0;  // each runs, whatever the others said
    for (const bool good : {range_proofs(), sums(), surjection(), whitelist(), derived_keys(), outputs()})
        bad += good ? 0 : 1;
    if (bad != 0) return 1;
    if (RUNNING_ON_VALGRIND) return 0;
    std::puts("SKIPPED: not run under valgrind, so nothing watched the secrets");
    return 77;
}
