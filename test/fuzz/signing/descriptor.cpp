// Any text as a descriptor: it is refused or stands for scripts; what is written of it reads back as the same; what is
// stored of it takes its secrets back.
#include "signing/descriptor.h"
#include "consensus/params/chain_params.h"
#include "util/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace sluice;
    using signing::Descriptor;
    static const ChainParams kParams = make_chain_params("elementsregtest", Options()).value();
    const auto parsed = Descriptor::parse(as_text({data, size}), kParams);
    if (!parsed) return 0;
    CHECK(!parsed->empty());
    for (const Descriptor& each : *parsed) {
        const auto scripts = [](const Descriptor& from) {
            auto made = from.expand(1);
            return made ? std::move(made->scripts) : std::vector<Script>();
        };
        const auto again = Descriptor::parse(each.to_string(), kParams);
        CHECK(again && again->size() == 1 && again->front().to_string() == each.to_string());
        CHECK(!again->front().has_secrets());
        const auto whole = Descriptor::parse(each.secret_text(kParams), kParams);
        CHECK(whole && scripts(whole->front()) == scripts(each));
        const auto normal = each.normalized(kParams);
        if (!normal) continue;
        auto stored = Descriptor::parse(normal->text, kParams);
        CHECK(stored && stored->size() == 1 && !stored->front().has_secrets());
        stored->front().give_secrets([&](const PubKey& base) -> std::optional<SecretKey> {
            for (const signing::BaseSecret& secret : normal->secrets) {
                if (secret.key == base) return secret.secret.clone();
            }
            return std::nullopt;
        });
        CHECK(scripts(stored->front()) == scripts(each));
    }
    return 0;
}
