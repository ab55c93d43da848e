// ScanReservation: of a scan that runs once at a time (scantxoutset, scanblocks). Made on the rpc thread of each call;
// whoever holds it may scan, and it frees the scanner however the scan ends. Atomic; any thread.
#pragma once

#include <atomic>

namespace sluice::rpc {

class ScanReservation {
public:
    explicit ScanReservation(std::atomic<bool>& busy) : busy_(busy), held_(!busy.exchange(true)) {}
    ~ScanReservation() {
        if (held_) busy_ = false;
    }
    ScanReservation(const ScanReservation&) = delete;
    ScanReservation& operator=(const ScanReservation&) = delete;
    [[nodiscard]] bool held() const { return held_; }

private:
    std::atomic<bool>& busy_;
    bool held_;
};

}  // namespace sluice::rpc
