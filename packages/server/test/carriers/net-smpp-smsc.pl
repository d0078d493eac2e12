#!/usr/bin/perl
# An SMSC simulator on Net::SMPP (Debian: libnet-smpp-perl) that shares no code with Red Cloud. SMPP 3.4.
#
#   net-smpp-smsc.pl PORT SYSTEM_ID PASSWORD REPLYING UNDELIVERABLE
#
# PORT 0 selects any free port. A submit to REPLYING is followed by a message from that number, a submit to
# UNDELIVERABLE by a failure receipt. Every event is printed to standard output as one line of JSON. The program ends
# when its standard input ends.
use strict;
use warnings;
use IO::Select;
use JSON::PP;
use Net::SMPP;
use POSIX qw(strftime);
use Time::HiRes qw(time);

use constant {
    ESME_ROK        => 0x00,
    ESME_RINVBNDSTS => 0x04,
    ESME_RINVPASWD  => 0x0e,
    RECEIPT         => 0x04,
    RECEIPT_AFTER   => 0.05,
};

my ($port, $system_id, $password, $replying, $undeliverable) = @ARGV;
my $json = JSON::PP->new->canonical;
$| = 1;

my $listener = Net::SMPP->new_listen('127.0.0.1', port => $port, smpp_version => 0x34) or die "can't listen: $!";
my $select = IO::Select->new($listener, \*STDIN);
my ($taken, %bound, @due) = (0);

sub report { print $json->encode({@_}), "\n" }

sub forget {
    my ($link, $why) = @_;
    $select->remove($link);
    delete $bound{$link};
    @due = grep { $_->{link} != $link } @due;
    close $link;
    report(event => 'closed', why => $why);
}

# Sends a deliver_sm after a delay. Keeps the order of the calls.
sub later {
    my ($link, %fields) = @_;
    push @due, { at => time + RECEIPT_AFTER, link => $link, fields => \%fields };
}

# Addresses of a submit in reverse direction.
sub back {
    my ($pdu) = @_;
    return (
        source_addr_ton  => $pdu->{dest_addr_ton},
        source_addr_npi  => $pdu->{dest_addr_npi},
        source_addr      => $pdu->{destination_addr},
        dest_addr_ton    => $pdu->{source_addr_ton},
        dest_addr_npi    => $pdu->{source_addr_npi},
        destination_addr => $pdu->{source_addr},
    );
}

sub take {
    my ($link, $pdu) = @_;
    my $id = sprintf '%010d', ++$taken;
    report(
        event => 'submit',
        id    => $id,
        data  => unpack('H*', $pdu->{short_message}),
        map { ($_ => $pdu->{$_}) } qw(source_addr source_addr_ton source_addr_npi destination_addr dest_addr_ton
            dest_addr_npi esm_class data_coding registered_delivery validity_period),
    );
    $link->submit_sm_resp(seq => $pdu->{seq}, message_id => $id);
    if ($pdu->{registered_delivery} & 0x03) {
        my $at = strftime '%y%m%d%H%M', gmtime;
        my ($dlvrd, $stat, $err) = $pdu->{destination_addr} eq $undeliverable ? qw(000 UNDELIV 027) : qw(001 DELIVRD 000);
        # Format of SMPP 3.4, appendix B.
        later($link, back($pdu), esm_class => RECEIPT, short_message =>
            "id:$id sub:001 dlvrd:$dlvrd submit date:$at done date:$at stat:$stat err:$err text:" . ' ' x 20);
    }
    # An é and a € in GSM-7, one octet per septet.
    later($link, back($pdu), short_message => "Caf\x05 for 2 \x1b\x65") if $pdu->{destination_addr} eq $replying;
}

sub bind_as {
    my ($link, $pdu, $answer) = @_;
    my $ok = $pdu->{system_id} eq $system_id && $pdu->{password} eq $password;
    report(event => 'bind', as => $pdu->explain_cmd, system_id => $pdu->{system_id}, version => $pdu->{interface_version});
    $link->$answer(seq => $pdu->{seq}, status => $ok ? ESME_ROK : ESME_RINVPASWD, system_id => 'Net::SMPP');
    return forget($link, 'refused') unless $ok;
    $bound{$link} = 1;
    # Tests the response of the client to an enquire_link.
    $link->enquire_link(async => 1);
}

my %serve = (
    bind_transceiver => sub { bind_as(@_, 'bind_transceiver_resp') },
    submit_sm        => sub {
        my ($link, $pdu) = @_;
        return take($link, $pdu) if $bound{$link};
        $link->submit_sm_resp(seq => $pdu->{seq}, status => ESME_RINVBNDSTS, message_id => '');
    },
    deliver_sm_resp => sub { report(event => 'deliver_sm_resp', status => $_[1]{status}, seq => $_[1]{seq}) },
    enquire_link    => sub {
        my ($link, $pdu) = @_;
        $link->enquire_link_resp(seq => $pdu->{seq});
        report(event => 'enquire_link');
    },
    enquire_link_resp => sub { report(event => 'enquire_link_resp', status => $_[1]{status}) },
    unbind            => sub {
        my ($link, $pdu) = @_;
        $link->unbind_resp(seq => $pdu->{seq});
        forget($link, 'unbound');
    },
);

report(event => 'listening', port => $listener->sockport);
while (1) {
    my $wait = @due ? $due[0]{at} - time : undef;
    for my $link ($select->can_read(defined $wait && $wait < 0 ? 0 : $wait)) {
        if ($link == \*STDIN) { exit 0 unless sysread STDIN, my $ignored, 1024; next }
        if ($link == $listener) { $select->add($listener->accept || next); next }
        my $pdu = do { local $SIG{__WARN__} = sub { }; $link->read_pdu };
        if (!$pdu) { forget($link, 'broken'); next }
        my $command = $pdu->explain_cmd;
        my $with = $serve{$command};
        $with ? $with->($link, $pdu) : report(event => 'unknown', command => $command, status => $pdu->{status});
    }
    while (@due && $due[0]{at} <= time) {
        my $next = shift @due;
        $next->{link}->deliver_sm(async => 1, %{ $next->{fields} });
    }
}
