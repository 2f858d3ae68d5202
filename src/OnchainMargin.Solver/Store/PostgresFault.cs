using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace OnchainMargin.Solver.Store;

/// <summary>What is wrong with a server that cannot be used, and what to do about it, in place of the library's words. What a server says itself is kept where there is no better word; no password is in any of it.</summary>
internal static class PostgresFault
{
    /// <summary>Half a sentence, to stand behind the name of the store.</summary>
    /// <param name="server">The server and its database.</param>
    /// <param name="error">What the library says.</param>
    public static string Of(string server, NpgsqlException error)
    {
        var settings = new NpgsqlConnectionStringBuilder(server);
        string user = settings.Username ?? Environment.GetEnvironmentVariable("PGUSER") ?? Environment.UserName;
        string at = string.Create(CultureInfo.InvariantCulture, $"{settings.Host}, port {settings.Port}");
        return error switch
        {
            PostgresException { SqlState: PostgresErrorCodes.InvalidPassword } => $"refuses the password of user '{user}'; correct it in PGPASSWORD or the password file (PGPASSFILE), or correct Username",
            PostgresException { SqlState: PostgresErrorCodes.InvalidAuthorizationSpecification } => $"does not let user '{user}' in from this machine; correct Username, or allow it in the server's pg_hba.conf",
            PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => $"does not exist on that server; create it (createdb {settings.Database}), or correct Database",
            PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } => $"does not let user '{user}' make or read its tables; grant that user CREATE on the schema and what is in it",
            PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } => "has no connection left; end others, or raise max_connections of the server",
            PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow } => "is on a server that starts or stops just now; try again when it is ready",
            PostgresException { SqlState: PostgresErrorCodes.UndefinedTable } => "has no tables of a solver; name the database of a solver or keeper that has run",
            PostgresException refused => $"was refused by the server ({refused.SqlState}: {refused.MessageText}); see the server's log",
            { InnerException: AggregateException { InnerExceptions: [NpgsqlException first, ..] } } => Of(server, first),
            { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } } => $"is on a machine that no name server knows; correct Host ({settings.Host})",
            { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.AddressNotAvailable } } => $"is not there, nothing listens at {at}; start the server, or correct Host and Port",
            { InnerException: TimeoutException or SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.HostUnreachable or SocketError.NetworkUnreachable } } => $"does not answer at {at}; see that the machine runs and that no firewall stands between",
            { InnerException: AuthenticationException } or { Message: ['S', 'S', 'L', ..] } => $"speaks no TLS that was asked for at {at}; correct 'SSL Mode' and 'Root Certificate', or the server's certificate",
            { InnerException: null, Message: ['N', 'o', ' ', 'p', 'a', 's', 's', 'w', 'o', 'r', 'd', ..] } => $"asks for the password of user '{user}' and none was given; put it into PGPASSWORD or a password file (PGPASSFILE)",
            _ => $"broke the connection off at {at}; see that a PostgreSQL server answers there, and its log",
        };
    }
}
