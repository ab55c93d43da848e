// Life, following the chain, Bitcoin, payouts. Agreement's requests are carried out in member_agreement.cpp, sets are
// in member_sets.cpp, status in member_status.cpp.
#include "federation/member/member.h"

#include <algorithm>

#include "codec/hex.h"
#include "federation/member/detail/log_name.h"
#include "federation/rules/dynafed.h"
#include "peg/ledger/facts.h"
#include "util/log.h"

namespace sluice::member {
namespace {

using detail::kLog;
constexpr size_t kAlarmsKept = 50;

std::string frozen_alarm(const std::string& why) { return "frozen (no claims, no payouts): " + why; }

}  // namespace

Result<std::unique_ptr<Member>> Member::create(const MemberNeeds& needs, Manifest pinned, const std::string& name) {
    TRY_VOID(check_manifest(pinned));
    if (pinned.genesis != needs.params.genesis_hash) return fail("the manifest is of another chain (genesis differs)");
    const auto self = find_member(pinned, name);
    if (!self) return fail("the manifest has no member called " + name);
    const ManifestMember& entry = pinned.members[*self];
    const signer::MemberKeys& keys = needs.signer.keys();
    if (!equal(entry.block_key, keys.block.pubkey().view()) || !equal(entry.payout_key, keys.payout.pubkey().view())) {
        return fail("the key file does not hold the keys that the manifest names for " + name);
    }
    std::vector<SignedManifest> successors = TRY(ManifestStore(needs.decisions).load(pinned));
    std::vector<Manifest> manifests{std::move(pinned)};
    for (SignedManifest& each : successors) manifests.push_back(std::move(each.manifest));
    return std::unique_ptr<Member>(new Member(needs, std::move(manifests), *self));
}

Member::Member(const MemberNeeds& needs, std::vector<Manifest> manifests, size_t self)
    : needs_(needs),
      manifests_(std::move(manifests)),
      manifest_store_(needs.decisions),
      self_(self),
      participant_(needs.signer.core(), verifier_, manifests_.back().genesis, {}),
      bodies_(needs.cache),
      ledger_({}),
      decisions_(needs.decisions),
      alive_(std::make_shared<bool>(true)),
      published_(std::make_shared<const MemberStatus>()) {
    take_manifests();
    if (auto first = members_of(manifest_, manifest_.sets.front())) set_ = std::move(*first);
}

Member::~Member() { *alive_ = false; }

agreement::HeaderFacts Member::facts_of(const BlockHash& hash, const BlockHeader& header) const {
    agreement::HeaderFacts facts{hash, header.prev, header.height, {}};
    if (header.is_dynafed()) facts.params_root = fed_rules::entry_root(header.dynafed().current);
    return facts;
}

Status Member::start() {
    TRY_VOID(bodies_.load());
    TRY_VOID(decisions_.load());
    if (frozen()) alarm(frozen_alarm(*decisions_.frozen()));
    const Tip tip = needs_.chain.tip();
    for (uint32_t height = 0; height <= tip.height; ++height) {
        const BlockRef block = TRY(needs_.chain.block_at(height));
        TRY_VOID(follow(compute_hash(block->header), *block));
    }
    needs_.chain.set_final(final_.height);
    begin_height();
    log_info(kLog, "member {} of {}, {} of {} sign{}; final height {}", name_of(self_), manifest_.chain,
             set_.committee.threshold, set_.committee.size(), me_ ? "" : ", this one not", final_.height);
    resend_timer_ = needs_.loop.every(manifest_.timing.agreement.resend, [this] { resend(); });
    return {};
}

// One final block more.
Status Member::follow(const BlockHash& hash, const Block& block) {
    const BlockHeader& header = block.header;
    const agreement::HeaderFacts facts = facts_of(hash, header);
    if (header.height > 0) {
        const auto set = std::find(set_roots_.begin(), set_roots_.end(), facts.params_root);
        if (set != set_roots_.end()) set_index_ = static_cast<uint32_t>(set - set_roots_.begin());
        else {
            missed_set_ = true;
            alarm("block " + std::to_string(header.height) + " holds under parameters that no loaded manifest lists");
        }
    }
    if (header.height % needs_.params.epoch_length == 0) votes_.clear();
    if (header.is_dynafed() && !header.dynafed().proposed.is_null()) {
        votes_[header.height] = fed_rules::entry_root(header.dynafed().proposed);
    }
    const auto advanced = needs_.signer.follow(block);
    if (!advanced && advanced.error() == agreement::Refusal::kConflict) {
        participant_.halt();
        alarm("conflict: block " + to_display(hash) +
              " stands against the block that the signer followed at its height");
    } else if (!advanced) {
        alarm("the signer does not follow block " + std::to_string(header.height) + ": " +
              agreement::to_string(advanced.error()));
    }
    const ledger::BlockFacts block_facts = ledger::facts_of(block, needs_.params, ledger_.params(), set_index_);
    ledger_.apply(block_facts);
    if (!ledger_.fault().empty() && !frozen())
        freeze("the ledger met something that it cannot account for: " + ledger_.fault());
    final_ = {hash, header.height, header.time, block_facts.committed};
    if (header.height == 0 || final_.commitment.is_zero()) {
        // Before the first commitment, chain(c) is Bitcoin's genesis block.
        final_.commitment = parent::ParentBlockHash::from(needs_.params.parent.genesis);
    }
    evaluation_.reset();
    while (!signed_headers_.empty() && signed_headers_.begin()->first <= header.height) {
        const auto rivals = signed_headers_.extract(signed_headers_.begin());
        for (const BlockHash& rival : rivals.mapped()) {
            if (rivals.key() == header.height && rival != hash) conflict(rival, header.height);
        }
    }
    if (resend_timer_) say_block(block_facts);
    return {};
}

void Member::on_header(const BlockHash& hash, uint32_t height) {
    if (height > final_.height) {
        // Far ahead there is only a chain to catch up with.
        if (height <= final_.height + 2) signed_headers_[height].insert(hash);
        return;
    }
    const auto known = needs_.chain.hash_at(height);
    if (known && *known != hash) conflict(hash, height);
}

// Rule 10: stop voting and planning, keep serving; only the operator ends it. The header stays in the chain's database.
void Member::conflict(const BlockHash& hash, uint32_t height) {
    needs_.signer.core().halt_because("a second signed header at a final height");
    participant_.halt();
    alarm("conflict: " + to_display(hash) + " carries a good witness at final height " + std::to_string(height));
}

void Member::on_connected(const BlockHash& hash, BlockRef block) {
    if (block->header.height != final_.height + 1 || block->header.prev != final_.hash) {
        if (block->header.height > final_.height) alarm("a block that does not extend the final chain was connected");
        return;
    }
    if (const Status followed = follow(hash, *block); !followed) {
        alarm(followed.error().message);
        return;
    }
    needs_.chain.set_final(final_.height);
    bodies_.forget_up_to(final_.height);
    begin_soon();
}

void Member::on_disconnected(const BlockHash& hash, uint32_t height) {
    if (height > final_.height) return;
    following_ = false;
    participant_.halt();
    alarm("final block " + to_display(hash) + " at height " + std::to_string(height) + " was disconnected");
}

// Several blocks may arrive together (catching up): begin once, after the last.
void Member::begin_soon() {
    if (std::exchange(begin_posted_, true)) return;
    needs_.loop.post([this, alive = alive_] {
        if (!*alive) return;
        begin_posted_ = false;
        begin_height();
    });
}

void Member::begin_height() {
    if (!following_) return;
    timers_.clear();
    judging_.clear();
    const bool signs = enter_set();
    look_at_bitcoin();
    if (!signs) {
        publish();
        return;
    }
    agreement::HeightMachine::Config config{final_.height + 1, final_.hash, set_.committee, *me_,
                                            manifest_.timing.agreement};
    const int64_t interval = config.timing.interval.count();
    const int64_t due = int64_t{final_.time} * 1000 + interval;
    const int64_t wait = std::clamp<int64_t>(due - needs_.clock.unix_time() * 1000, 0, interval);
    perform(participant_.begin(std::move(config), agreement::Milliseconds(wait)));
    for (const auto& [hash, block] : bodies_.at_height(final_.height + 1)) {
        perform(participant_.on_body_stored(facts_of(hash, block->header)));
    }
    publish();
}

// Index of the set that holds for the next block: its coins pay, change goes to it.
uint32_t Member::next_set() const {
    const auto parameters = needs_.chain.parameters_after(final_.hash);
    const auto root = parameters ? fed_rules::entry_root(*parameters) : Hash256{};
    const auto set = std::find(set_roots_.begin(), set_roots_.end(), root);
    return set == set_roots_.end() ? set_index_ : static_cast<uint32_t>(set - set_roots_.begin());
}

// Coins, reserves and payouts at the committed Bitcoin block, as far as it is scanned.
void Member::look_at_bitcoin() {
    if (needs_.parent == nullptr) return;
    needs_.parent->watch(ledger_.watch_list());
    const auto snapshot = needs_.parent->snapshot();
    const auto view = snapshot ? snapshot->view_at(final_.commitment) : nullptr;
    if (!view) return;
    if (evaluation_ && evaluation_height_ == final_.height) return;
    evaluation_ = evaluate(ledger_, *view);
    evaluation_height_ = final_.height;
    const ledger::Reserves& reserves = evaluation_->reserves;
    if (reserves.deficit.sat != manifest_.planner.acknowledged_deficit && !frozen()) {
        freeze("reserves: " + std::to_string(reserves.deficit.sat) + " satoshi are missing");
    }
    last_plan_ = plan(ledger_, *evaluation_, *view,
                      {choose_rate(manifest_.planner, {fee_hint()}), frozen(), decisions_.cancels(), next_set()});
    work_on_payouts(*view);
    say_requests();
}

void Member::on_parent_changed() {
    if (!resend_timer_) return;
    look_at_bitcoin();
    for (auto& entry : judging_) {
        if (std::exchange(entry.second.deferred, false)) judge(entry.first);
    }
    broadcast_payouts();
    publish();
}

void Member::freeze(const std::string& why) {
    const Status kept = decisions_.freeze(why);
    alarm(frozen_alarm(why));
    if (!kept) alarm("the freeze will not outlast a restart: " + kept.error().message);
}

void Member::alarm(const std::string& what) {
    if (std::find(alarms_.begin(), alarms_.end(), what) != alarms_.end()) return;
    log_error(kLog, "ALARM: {}", what);
    alarms_.push_back(what);
    if (alarms_.size() > kAlarmsKept) alarms_.pop_front();
    publish();
}

Status Member::clear_freeze() {
    TRY_VOID(decisions_.clear_freeze());
    alarms_.clear();
    publish();
    return {};
}

Status Member::approve_cancel(const parent::ParentTxid& batch) {
    if (ledger_.find_batch(batch) == nullptr) return fail("no such batch");
    return decisions_.approve_cancel(batch);
}

Status Member::resume_now() {
    const auto done = needs_.signer.core().resume_now();
    if (!done) return fail(agreement::to_string(done.error()));
    return {};
}

Status Member::resolve_conflict(const BlockHash& hash) {
    const auto done = needs_.signer.core().resolve_conflict(hash);
    if (!done) return fail(agreement::to_string(done.error()));
    following_ = true;
    participant_.resume();
    begin_height();
    return {};
}

// --- payouts ---

void Member::work_on_payouts(const ledger::BitcoinView& view) {
    payouts_.refresh(ledger_, *evaluation_);
    for (const parent::ParentTxid& txid : payouts_.to_sign()) sign_payout(txid, view);
    broadcast_payouts();
}

Result<signer::PayoutRequest> Member::payout_request(const Payouts::Version& version,
                                                     const ledger::BitcoinView& view) const {
    const ledger::Batch* batch = ledger_.find_batch(version.batch);
    if (batch == nullptr) return fail("unknown batch");
    signer::PayoutRequest request;
    request.plan_block = TRY(needs_.chain.block_at(version.height));
    const auto records = ledger::read_coinbase(request.plan_block->transactions.front()->tx);
    const auto record = records.plan ? ledger::decode_plan(*records.plan) : std::nullopt;
    if (!record) return fail("the block holds no PLAN");
    const auto& entries = record->entries;
    while (request.entry < entries.size() && compute_txid(entries[request.entry].tx) != version.txid) ++request.entry;
    if (request.entry == entries.size()) return fail("the PLAN does not hold this version");
    for (const uint64_t number : entries[request.entry].requests) {
        const ledger::Request& wanted = ledger_.requests().at(number);
        signer::PayoutRequest::Paid paid;
        paid.block = TRY(needs_.chain.block_at(wanted.height));
        const auto& transactions = paid.block->transactions;
        while (paid.transaction < transactions.size() && transactions[paid.transaction]->txid != wanted.outpoint.txid) {
            ++paid.transaction;
        }
        paid.output = wanted.outpoint.index;
        request.paid.push_back(std::move(paid));
    }
    for (const ledger::InputToSign& input : version.inputs) {
        request.coins.push_back({input.set, input.claim_script, TRY(funding_of(input, view))});
    }
    for (const ledger::Batch& other : ledger_.batches()) {
        const bool shares = other.released_at && std::ranges::any_of(other.requests, [&](uint64_t number) {
                                return std::ranges::find(batch->requests, number) != batch->requests.end();
                            });
        if (shares) request.releases.push_back(TRY(needs_.chain.block_at(*other.released_at)));
    }
    return request;
}

// A deposit's transaction stands in the block that claims it; any other coin of ours was found on Bitcoin.
Result<Bytes> Member::funding_of(const ledger::InputToSign& input, const ledger::BitcoinView& view) const {
    const auto claim = std::ranges::find(ledger_.claims(), input.outpoint, &ledger::Claim::outpoint);
    if (claim == ledger_.claims().end()) return view.transaction_of(input.outpoint);
    return ledger::claimed_transaction(*TRY(needs_.chain.block_at(claim->height)), input.outpoint);
}

void Member::sign_payout(const parent::ParentTxid& txid, const ledger::BitcoinView& view) {
    Payouts::Version& version = *payouts_.find(txid);
    auto request = payout_request(version, view);
    Result<std::vector<Bytes>> signatures = request ? needs_.signer.sign_payout(*request)
                                                    : Result<std::vector<Bytes>>(tl::make_unexpected(request.error()));
    if (!signatures) {
        const std::string reason = signatures.error().message.substr(0, 200);
        log_warning(kLog, "payout {} is not signed here: {}", to_display(txid), reason);
        send_to_all(agreement::PayoutRefuse{Hash256::from(txid), static_cast<agreement::MemberIndex>(self_),
                                            to_bytes(as_bytes(reason))});
        return;
    }
    version.asked = true;
    const agreement::PayoutSig sig{Hash256::from(txid), static_cast<agreement::MemberIndex>(self_),
                                   std::move(*signatures)};
    payouts_.add(sig);
    send_to_all(sig);
    log_info(kLog, "signed payout {} (block {})", to_display(txid), version.height);
}

void Member::broadcast_payouts() {
    const auto snapshot = needs_.parent != nullptr ? needs_.parent->snapshot() : nullptr;
    if (!snapshot || !evaluation_) return;
    for (const parent::ParentTxid& txid : payouts_.to_broadcast(snapshot->tip())) {
        Payouts::Version* version = payouts_.find(txid);
        version->broadcast_at = snapshot->tip();
        needs_.parent->broadcast(*version->complete, [this, alive = alive_, txid](const BroadcastResult& result) {
            if (!*alive) return;
            Payouts::Version* sent = payouts_.find(txid);
            if (sent == nullptr) return;
            if (result.visible && !sent->visible) log_info(kLog, "the Bitcoin node shows payout {}", to_display(txid));
            if (!result.visible)
                log_warning(kLog, "the Bitcoin node does not show payout {}: {}", to_display(txid), result.refusal);
            sent->visible = result.visible;
            sent->refusal = result.refusal;
            say_requests();
            publish();
        });
    }
}

}  // namespace sluice::member
